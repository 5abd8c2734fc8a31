import { CommandRequest, type DeviceItem } from "../../../protocol/integration/schema.js";
import { sendCommand } from "../../channel/edgeflow/send-command.js";
import type { Services } from "../../services.js";
import type { StoredDevice } from "../../store/devices.js";
import { good, refuse } from "../answer.js";
import { readBody, readQuery } from "../body.js";
import { routes } from "../env.js";
import { RangeQuery } from "./query.js";

const path = "/v1/org/:org/device";
const onePath = `${path}/:id` as const;

function unknownDevice(id: string) {
  return refuse(404, `Device with ID ${id} not found`);
}

/** EdgeFlow devices. */
export function deviceRoutes(services: Services) {
  const { store, devices } = services;

  /** What only the live tunnels know: online now, and heard of last. */
  function withPresence(device: StoredDevice): DeviceItem {
    const online = devices.has(device.deviceId);
    return { ...device, online, lastSeen: devices.lastHeard(device.deviceId) ?? device.lastSeen };
  }

  return routes()
    .get(path, async (c) => {
      const range = readQuery(c, RangeQuery);
      const { items, total } = await store.devices.list(c.get("org"), range);
      const data = { devices: items.map(withPresence), pagination: { total, ...range } };
      return good(c, data, "Devices retrieved successfully");
    })
    .get(onePath, async (c) => {
      const device = await store.devices.find(c.get("org"), c.req.param("id"));
      if (!device) throw unknownDevice(c.req.param("id"));
      return good(c, withPresence(device), "Device retrieved successfully");
    })
    .delete(onePath, async (c) => {
      const id = c.req.param("id");
      const decider = { orgId: c.get("org"), address: c.env.peer.address };
      if (!(await store.devices.delete(id, decider))) throw unknownDevice(id);
      devices.get(id)?.end(1008, "device deleted");
      return good(c, null, "Device deleted successfully");
    })
    .post(`${onePath}/command`, async (c) => {
      const { action, payload, timeoutSeconds } = await readBody(c, CommandRequest);
      const device = await store.devices.find(c.get("org"), c.req.param("id"));
      if (!device) throw unknownDevice(c.req.param("id"));
      const outcome = await sendCommand(services, device.deviceId, { action, payload }, timeoutSeconds * 1000);
      if (outcome === "offline") throw refuse(409, "Device is not connected");
      if (outcome === "timeout") throw refuse(504, `Device did not answer within ${timeoutSeconds} s`);
      return good(c, outcome, "Device answered");
    });
}
