import { Shadow, ShadowUpdate } from "../../../protocol/edgeflow/api.js";
import type { Services } from "../../services.js";
import { refuse } from "../answer.js";
import { type Call, endpoint } from "../endpoint.js";
import { wrongGuess } from "../guess.js";

const path = "/api/v1/devices/:deviceId/shadow";
const gone = () => refuse(404, "Unknown device");

/** The device of a call that shows the device's own API key. */
async function deviceOf({ param, header, address }: Call<unknown, unknown>, services: Services): Promise<string> {
  const apiKey = header("x-api-key");
  if (!apiKey) throw refuse(401, "X-API-Key required");
  const verdict = await services.store.devices.verify(param("deviceId"), apiKey);
  if (verdict === "expired") throw refuse(401, "API key has expired: provision the device again with a new code");
  if (verdict !== "valid") throw wrongGuess(services, address, refuse(401, "Invalid API key"));
  return param("deviceId");
}

/** A device's shadow (PROTOCOLS C5). */
export const shadowEndpoints = [
  endpoint(
    { method: "get", path, summary: "A device's shadow", needs: "device key", data: Shadow, bare: true },
    async (call, services) => {
      const shadow = await services.store.shadows.find(await deviceOf(call, services));
      if (!shadow) throw gone();
      return shadow;
    },
  ),
  endpoint(
    {
      method: "put",
      path,
      summary: "Report a device's state",
      needs: "device key",
      body: ShadowUpdate,
      data: Shadow,
      bare: true,
    },
    async (call, services) => {
      const shadow = await services.store.shadows.report(await deviceOf(call, services), call.body.reported);
      if (!shadow) throw gone();
      return shadow;
    },
  ),
];
