import { Shadow, ShadowUpdate } from "../../../protocol/edgeflow/api.js";
import type { Services } from "../../services.js";
import { largestState } from "../../store/shadows.js";
import { refuse } from "../answer.js";
import { type Call, endpoint } from "../endpoint.js";
import { wrongGuess } from "../guess.js";

const path = "/api/v1/devices/:deviceId/shadow";
const gone = () => refuse(404, "Unknown device");

/** Answers to keys that are right, but over. */
const over = {
  expired: "API key has expired: provision the device again with a new code",
  revoked: "API key has been revoked",
} as const;

/** A side of a shadow would be larger than it may. */
export function tooLarge(side: "desired" | "reported") {
  return refuse(413, `The ${side} state would be larger than ${largestState >> 10} KiB; nothing was changed`);
}

/** The device of a call that shows the device's own API key. */
async function deviceOf({ param, header, address }: Call<unknown, unknown>, services: Services): Promise<string> {
  const apiKey = header("x-api-key");
  if (!apiKey) throw refuse(401, "X-API-Key required");
  const verdict = await services.store.devices.verify(param("deviceId"), apiKey);
  if (verdict === "unknown") throw wrongGuess(services, address, refuse(401, "Invalid API key"));
  if (verdict !== "valid") throw refuse(401, over[verdict]);
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
      summary: "Report a device's state; null takes a key away",
      needs: "device key",
      body: ShadowUpdate,
      data: Shadow,
      bare: true,
    },
    async (call, services) => {
      const outcome = await services.store.shadows.report(await deviceOf(call, services), call.body.reported);
      if (typeof outcome === "object") return outcome;
      throw outcome === "too large" ? tooLarge("reported") : gone();
    },
  ),
];
