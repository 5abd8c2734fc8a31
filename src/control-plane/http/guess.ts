import type { HTTPException } from "hono/http-exception";
import type { Services } from "../services.js";
import { TooManyFailures } from "./answer.js";

/**
 * What a wrong secret is answered: its refusal, or, when its source has guessed wrong too often, to wait. A right secret
 * never comes here: nobody is locked out by what others behind the same address do.
 */
export function wrongGuess({ failures }: Services, address: string, refusal: HTTPException): HTTPException {
  return failures.failed(address) ? refusal : new TooManyFailures(failures.retryAfterSeconds(address));
}

/** As `wrongGuess`, for the secret of a provisioning key: that a source has used up its guesses at one is alerted. */
export async function wrongKeySecret(
  services: Services,
  address: string,
  keyId: string,
  refusal: HTTPException,
): Promise<HTTPException> {
  const answer = wrongGuess(services, address, refusal);
  await services.failures.tellOnce(address, () => services.store.alerts.guessed(keyId, address));
  return answer;
}
