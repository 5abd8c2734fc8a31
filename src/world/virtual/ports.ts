import { FirstbootError } from "../../error.js";
import { isOwn } from "./internet.js";
import type { Machine } from "./machine.js";
import type { VirtualProcess } from "./process.js";

const firstFreePort = 40_000;

/** A port that a host can listen on; a free one for 0. Throws FB1004. */
export function claimPort(
  { host: address, port }: { readonly host: string; readonly port: number },
  host: Machine,
  taken: ReadonlyMap<number, { readonly process: VirtualProcess }>,
): number {
  if (!isOwn(host, address)) throw cannotListen(address, port, "this machine does not have the address");
  if (port === 0) return freePort(taken);
  if (taken.get(port)?.process.alive) throw cannotListen(address, port, "the port is in use");
  return port;
}

function freePort(taken: ReadonlyMap<number, unknown>): number {
  let port = firstFreePort;
  while (taken.has(port)) port++;
  return port;
}

function cannotListen(host: string, port: number, why: string): FirstbootError {
  return new FirstbootError("FB1004", {
    what: `cannot listen on ${host}:${port}`,
    why,
    fix: "choose another port (0 takes a free one) or address",
  });
}
