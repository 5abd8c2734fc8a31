import { Shadow } from "../../../protocol/edgeflow/api.js";
import { ShadowDesire } from "../../../protocol/integration/schema.js";
import { announceDesired } from "../../channel/edgeflow/send-command.js";
import { refuse } from "../answer.js";
import { tooLarge } from "../edgeflow/shadow.js";
import { endpoint } from "../endpoint.js";
import { unknownDevice } from "./unknown-device.js";

const path = "/v1/org/:org/device/:id/shadow";

/** The shadow of a device as operators see it. */
export const deviceShadowEndpoints = [
  endpoint(
    {
      method: "get",
      path,
      summary: "What is desired of a device and what it reports",
      needs: "devices:read",
      data: Shadow,
      message: "Shadow retrieved successfully",
    },
    async ({ org, param }, { store }) => {
      const shadow = await store.shadows.find(param("id"), org);
      if (!shadow) throw unknownDevice(param("id"));
      return shadow;
    },
  ),
  endpoint(
    {
      method: "patch",
      path,
      summary: "Change what is desired of a device; null takes a key away",
      needs: "devices:write",
      body: ShadowDesire,
      data: Shadow,
      message: "Shadow updated successfully",
    },
    async ({ org, param, body, address }, services) => {
      const id = param("id");
      const outcome = await services.store.shadows.desire(id, body, { orgId: org, address });
      if (outcome === "unknown") throw unknownDevice(id);
      if (outcome === "stale") throw refuse(409, `The shadow is not of version ${body.version} any more`);
      if (outcome === "too large") throw tooLarge("desired");
      if (Object.keys(body.desired).length > 0) announceDesired(services, id, body.desired);
      return outcome;
    },
  ),
];
