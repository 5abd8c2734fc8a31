import { edgeflowPaths, type ProvisionAnswer, ProvisionRequest } from "../../../protocol/edgeflow/api.js";
import { nonceHeader, parseNonce } from "../../../provisioning/nonce.js";
import { isoTime } from "../../../world/clock.js";
import type { Services } from "../../services.js";
import { refuse } from "../answer.js";
import { readBody } from "../body.js";
import { routes } from "../env.js";

/** Answers to codes that are not exchanged (PROTOCOLS C2). */
const refusals = {
  unknown: [404, "Unknown provisioning code"],
  used: [409, "Provisioning code has already been used"],
  expired: [410, "Provisioning code has expired"],
} as const;

/** POST /api/v1/devices/provision: a one-time code becomes a device's credentials. */
export function provisionRoute({ store }: Services) {
  return routes().post(edgeflowPaths.provision, async (c) => {
    const body = await readBody(c, ProvisionRequest);
    const answer = await store.provision({
      code: body.provisioning_code,
      hardware: body.hardware_info,
      network: body.network_info,
      nonce: parseNonce(c.req.header(nonceHeader)),
      address: c.env.peer.address,
    });
    if (!("credentials" in answer)) {
      const [status, message] = refusals[answer.outcome];
      throw refuse(status, message);
    }
    const { deviceId, apiKey } = answer.credentials;
    const created = { device_id: deviceId, api_key: apiKey, expires_at: isoTime(answer.expiresAt) };
    return c.json(created satisfies ProvisionAnswer, 201);
  });
}
