import { z } from "zod";
import { CommandResult } from "../../../protocol/edgeflow/frame.js";
import {
  CommandRequest,
  DeviceCreate,
  DeviceCreated,
  DeviceItem,
  DevicePage,
} from "../../../protocol/integration/schema.js";
import { sendCommand } from "../../channel/edgeflow/send-command.js";
import type { Services } from "../../services.js";
import type { StoredDevice } from "../../store/devices.js";
import { refuse } from "../answer.js";
import { endpoint } from "../endpoint.js";
import { RangeQuery } from "./query.js";

const path = "/v1/org/:org/device";
const onePath = `${path}/:id`;

function unknownDevice(id: string) {
  return refuse(404, `Device with ID ${id} not found`);
}

/** What only the live tunnels know: online now, and heard of last. */
function withPresence({ devices }: Services, device: StoredDevice): DeviceItem {
  const { deviceId, lastSeen } = device;
  return { ...device, online: devices.has(deviceId), lastSeen: devices.lastHeard(deviceId) ?? lastSeen };
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
      devices.get(param("id"))?.end(1008, "device deleted");
      return null;
    },
  ),
  endpoint(
    {
      method: "post",
      path: `${onePath}/command`,
      summary: "Send a command to a device and wait for its answer",
      needs: "devices:write",
      body: CommandRequest,
      data: CommandResult,
      message: "Device answered",
    },
    async ({ org, body: { action, payload, timeoutSeconds }, param }, services) => {
      const device = await services.store.devices.find(org, param("id"));
      if (!device) throw unknownDevice(param("id"));
      const outcome = await sendCommand(services, device.deviceId, { action, payload }, timeoutSeconds * 1000);
      if (outcome === "offline") throw refuse(409, "Device is not connected");
      if (outcome === "timeout") throw refuse(504, `Device did not answer within ${timeoutSeconds} s`);
      return outcome;
    },
  ),
];
