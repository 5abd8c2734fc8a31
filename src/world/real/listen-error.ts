import { FirstbootError, systemCode } from "../../error.js";

/** FB1004 for an address or port that cannot be had; any other error as it is. */
export function listenError(error: unknown, { host, port }: { readonly host: string; readonly port: number }): unknown {
  const why = {
    EADDRINUSE: "the port is in use",
    EACCES: "the port needs more rights",
    EADDRNOTAVAIL: "this machine does not have the address",
    EINVAL: "this machine does not have the address",
    ENOTFOUND: "the name has no address",
    EAI_AGAIN: "the name has no address",
  }[systemCode(error) ?? ""];
  if (!why) return error;
  return new FirstbootError("FB1004", {
    what: `cannot listen on ${host}:${port}`,
    why,
    fix: "choose another with --port (0 takes a free one) or --host",
    cause: error,
  });
}
