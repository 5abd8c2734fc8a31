import { edgeflowPaths, ProvisionAnswer, ProvisionRequest } from "../../../protocol/edgeflow/api.js";
import { nonceHeader, parseNonce } from "../../../provisioning/nonce.js";
import { isoTime } from "../../../world/clock.js";
import { refuse, TooManyFailures } from "../answer.js";
import { endpoint } from "../endpoint.js";
import { wrongGuess } from "../guess.js";

/** Answers to codes that are not exchanged (PROTOCOLS C2). */
const refusals = {
  unknown: [404, "Unknown provisioning code"],
  used: [409, "Provisioning code has already been used"],
  expired: [410, "Provisioning code has expired"],
} as const;

/** POST /api/v1/devices/provision: a one-time code becomes a device's credentials. */
export const provisionEndpoint = endpoint(
  {
    method: "post",
    path: edgeflowPaths.provision,
    admission: "open",
    summary: "Exchange a one-time code for a device's credentials",
    body: ProvisionRequest,
    data: ProvisionAnswer,
    status: 201,
    message: "Device provisioned",
    bare: true,
  },
  ({ body, header, address }, services) =>
    services.failures.judge(address, async (isExhausted) => {
      const { store, failures, metrics, pace } = services;
      // Who guesses codes gets through a few each second, and so does who stands in line with them.
      if (isExhausted && !(await pace.turn(address))) throw new TooManyFailures(failures.retryAfterSeconds(address));
      const answer = await store.provision({
        code: body.provisioning_code,
        hardware: body.hardware_info,
        network: body.network_info,
        nonce: parseNonce(header(nonceHeader)),
        address,
        quiet: failures.isExhausted(address),
      });
      metrics.provisions.add(answer.outcome);
      if (!("credentials" in answer)) {
        const [status, message] = refusals[answer.outcome];
        const refusal = refuse(status, message);
        throw answer.outcome === "unknown" ? wrongGuess(services, address, refusal) : refusal;
      }
      const { deviceId, apiKey } = answer.credentials;
      return { device_id: deviceId, api_key: apiKey, expires_at: isoTime(answer.expiresAt) };
    }),
);
