import { FirstbootError } from "../error.js";
import { isLoopback } from "../world/loopback.js";

/** Where keys and credentials may go without TLS: to this machine itself alone, or anywhere. */
export type PlainHttp = "loopback" | "anywhere";

/** Throws FB1005 for a URL without TLS that leads where none may. `setting` is what it was read from. */
export function checkTransport(url: string, setting: string, allowed: PlainHttp = "anywhere"): void {
  const { protocol, hostname } = new URL(url);
  if (protocol !== "http:" || allowed === "anywhere" || isLoopback(hostname)) return;
  throw new FirstbootError("FB1005", {
    what: `${setting} is without TLS and leads to another machine`,
    why: "keys and credentials would cross the network in clear",
    fix: "use https, or allow plain HTTP with --insecure",
  });
}
