import { newtPaths, RegisterRequest } from "../../../protocol/newt/api.js";
import { splitKey } from "../../../provisioning/credentials.js";
import { nonceHeader, parseNonce } from "../../../provisioning/nonce.js";
import type { Services } from "../../services.js";
import { good, refuse } from "../answer.js";
import { readBody } from "../body.js";
import { routes } from "../env.js";

/** Answers to keys that are not exchanged (PROTOCOLS A5, G1). */
const refusals = {
  invalid: "Invalid provisioning key",
  used_up: "Provisioning key has reached its maximum usage",
  expired: "Provisioning key has expired",
} as const;

const controls = /\p{Cc}/gu;

/** A name that can be shown: without control characters, or none if nothing is left. */
function givenName(name: string | undefined): string | undefined {
  return name?.replace(controls, "").trim() || undefined;
}

/** POST /api/v1/auth/newt/register: a provisioning key becomes a site. */
export function registerRoute({ store }: Services) {
  return routes().post(newtPaths.register, async (c) => {
    const { provisioningKey, name } = await readBody(c, RegisterRequest);
    const key = splitKey(provisioningKey);
    if (!key) throw refuse(400, "Invalid provisioning key format");
    const answer = await store.exchange({
      keyId: key.id,
      keySecret: key.secret,
      name: givenName(name),
      nonce: parseNonce(c.req.header(nonceHeader)),
      address: c.env.peer.address,
    });
    if (!("credentials" in answer)) throw refuse(401, refusals[answer.outcome]);
    return good(c, answer.credentials, "Newt registered successfully", 201);
  });
}
