import { isLoopback } from "../../../world/loopback.js";
import { Refusal } from "./answer.js";

/** A host and port as in a `Host` header. */
function parsed(authority: string): { readonly host: string; readonly port: number } | undefined {
  const [, host, port = "80"] = /^(\[[^\]]+\]|[^:\s/@]+)(?::(\d{1,5}))?$/.exec(authority) ?? [];
  return host === undefined ? undefined : { host, port: Number(port) };
}

/**
 * Refuses what a page of somebody else could make a browser on this machine ask: under a name that an attacker has pointed at
 * loopback (`Host`), or across origins (`Origin`, `Sec-Fetch-Site`). Programs send a `Host` and nothing of the rest.
 */
export function requireSameOrigin(headers: Headers, ownPort: number): void {
  const authority = headers.get("host") ?? "";
  const at = parsed(authority);
  if (at === undefined || !isLoopback(at.host) || at.port !== ownPort) {
    throw new Refusal(403, `This address is localhost:${ownPort}, under no other name`);
  }
  const origin = headers.get("origin");
  const site = headers.get("sec-fetch-site") ?? "none";
  const isForeign = origin !== null && origin.toLowerCase() !== `http://${authority}`.toLowerCase();
  if (isForeign || !["none", "same-origin"].includes(site)) {
    throw new Refusal(403, "Requests from other origins are not answered");
  }
}
