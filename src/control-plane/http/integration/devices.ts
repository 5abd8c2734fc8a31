import { z } from "zod";
import { DeviceCreate, DeviceCreated, DeviceItem, DevicePage } from "../../../protocol/integration/schema.js";
import { revokedText } from "../../channel/edgeflow/introduction.js";
import type { Services } from "../../services.js";
import type { StoredDevice } from "../../store/devices.js";
import { endpoint } from "../endpoint.js";
import { deviceCommandEndpoint } from "./device-command.js";
import { deviceShadowEndpoints } from "./device-shadow.js";
import { RangeQuery } from "./query.js";
import { unknownDevice } from "./unknown-device.js";

const path = "/v1/org/:org/device";
const onePath = `${path}/:id`;

/** What only the live tunnels know: online now, when and where heard of last. */
function withPresence({ devices }: Services, device: StoredDevice): DeviceItem {
  const { deviceId, lastSeen, lastAddress } = device;
  const live = devices.get(deviceId);
  return {
    ...device,
    online: live !== undefined,
    lastSeen: devices.lastHeard(deviceId) ?? lastSeen,
    lastAddress: live?.address ?? lastAddress,
  };
}

/** EdgeFlow devices. */
export const deviceEndpoints = [
  endpoint(
    {
      method: "put",
      path,
      summary: "Make a device's credentials before it is provisioned",
      needs: "devices:write",
      body: DeviceCreate,
      data: DeviceCreated,
      status: 201,
      message: "Device created successfully",
    },
    async ({ org, body, address }, { store }) => store.devices.create({ orgId: org, address }, body),
  ),
  endpoint(
    {
      method: "get",
      path,
      summary: "List devices, oldest first",
      needs: "devices:read",
      query: RangeQuery,
      data: DevicePage,
      message: "Devices retrieved successfully",
    },
    async ({ org, query }, services) => {
      const { items, total } = await services.store.devices.list(org, query);
      return { devices: items.map((device) => withPresence(services, device)), pagination: { total, ...query } };
    },
  ),
  endpoint(
    {
      method: "get",
      path: onePath,
      summary: "One device",
      needs: "devices:read",
      data: DeviceItem,
      message: "Device retrieved successfully",
    },
    async ({ org, param }, services) => {
      const device = await services.store.devices.find(org, param("id"));
      if (!device) throw unknownDevice(param("id"));
      return withPresence(services, device);
    },
  ),
  endpoint(
    {
      method: "delete",
      path: onePath,
      summary: "Delete a device with its credentials",
      needs: "devices:write",
      data: z.null(),
      message: "Device deleted successfully",
    },
    async ({ org, param, address }, { store, devices }) => {
      if (!(await store.devices.delete(param("id"), { orgId: org, address }))) throw unknownDevice(param("id"));
      devices.get(param("id"))?.reject("device deleted");
      return null;
    },
  ),
  endpoint(
    {
      method: "post",
      path: `${onePath}/revoke`,
      summary: "End a device's credentials for good; it stays listed",
      needs: "devices:write",
      data: DeviceItem,
      message: "Device revoked successfully",
    },
    async ({ org, param, address }, services) => {
      const device = await services.store.devices.revoke(param("id"), { orgId: org, address });
      if (!device) throw unknownDevice(param("id"));
      services.devices.get(device.deviceId)?.reject(revokedText);
      return withPresence(services, device);
    },
  ),
  deviceCommandEndpoint,
  ...deviceShadowEndpoints,
];
