import { newtPaths, RegisterData, RegisterRequest } from "../../../protocol/newt/api.js";
import { splitKey } from "../../../provisioning/credentials.js";
import { nonceHeader, parseNonce } from "../../../provisioning/nonce.js";
import { refuse } from "../answer.js";
import { endpoint } from "../endpoint.js";
import { wrongKeySecret } from "../guess.js";

/** Answers to keys that are not exchanged (PROTOCOLS A5, G1); those of 403 are ours. */
const refusals = {
  invalid: [401, "Invalid provisioning key"],
  used_up: [401, "Provisioning key has reached its maximum usage"],
  expired: [401, "Provisioning key has expired"],
  foreign_address: [403, "Provisioning key does not accept this source address"],
  unfit_name: [403, "Provisioning key does not accept this name"],
  full: [403, "Site limit exceeded"],
} as const;

const controls = /\p{Cc}/gu;

/** A name that can be shown: without control characters, or none if nothing is left. */
function givenName(name: string | undefined): string | undefined {
  return name?.replace(controls, "").trim() || undefined;
}

/** POST /api/v1/auth/newt/register: a provisioning key becomes a site. */
export const registerEndpoint = endpoint(
  {
    method: "post",
    path: newtPaths.register,
    admission: "open",
    summary: "Exchange a provisioning key for a site's credentials",
    body: RegisterRequest,
    data: RegisterData,
    status: 201,
    message: "Newt registered successfully",
  },
  async ({ body: { provisioningKey, name }, header, address }, services) => {
    const key = splitKey(provisioningKey);
    if (!key) throw refuse(400, "Invalid provisioning key format");
    const answer = await services.store.exchange({
      keyId: key.id,
      keySecret: key.secret,
      name: givenName(name),
      nonce: parseNonce(header(nonceHeader)),
      address,
      quiet: services.failures.isExhausted(address),
    });
    services.metrics.exchanges.add(answer.outcome);
    if ("credentials" in answer) return answer.credentials;
    const [status, message] = refusals[answer.outcome];
    const refusal = refuse(status, message);
    throw answer.outcome === "invalid" ? await wrongKeySecret(services, address, key.id, refusal) : refusal;
  },
);
