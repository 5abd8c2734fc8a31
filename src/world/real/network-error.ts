import { reasonOf, systemCode } from "../../error.js";
import { NetworkError, type NetworkErrorKind } from "../network.js";

const dnsCode = /^(ENOTFOUND|EAI_)/;
const tlsCode = /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH|EPROTO)/;

/** Any failure of the machine's network in one form, with the innermost reason: the layers wrap what a reader wants. */
export function networkError(error: unknown): NetworkError {
  const causes = chainOf(error instanceof AggregateError ? error.errors[0] : error);
  return new NetworkError(reasonOf(causes.at(-1)), { kind: kindOf(causes), cause: error });
}

function chainOf(error: unknown): readonly unknown[] {
  return error instanceof Error && error.cause instanceof Error ? [error, ...chainOf(error.cause)] : [error];
}

function kindOf(causes: readonly unknown[]): NetworkErrorKind {
  const coded = (code: RegExp): boolean => causes.some((cause) => code.test(systemCode(cause) ?? ""));
  if (coded(dnsCode)) return "dns";
  if (coded(tlsCode)) return "tls";
  const timedOut = (cause: unknown): boolean =>
    cause instanceof Error && /time-?out|timed out/i.test(`${cause.name} ${systemCode(cause) ?? ""} ${cause.message}`);
  return causes.some(timedOut) ? "timeout" : "network";
}
