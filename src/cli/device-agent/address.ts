import type { LocalAddress } from "../../device/edgeflow/local/index.js";
import { isLoopback } from "../../world/loopback.js";
import type { Kind } from "../kinds.js";

/** Where the local API listens, or that there is none. */
export type Listen = LocalAddress | "off";

/** Where the documentation has it. */
const usual: LocalAddress = { host: "127.0.0.1", port: 8080 };

/** An address with its port, an IPv6 one in brackets; `off` for none. */
export const listenAddress: Kind<Listen> = {
  takes: "an address of this machine's own such as 127.0.0.1:8080 or [::1]:0, or off",
  read: (text) => {
    if (text === "off") return text;
    const [, host = "", port] = /^(\[[^\]]+\]|[^:[\]]+):(\d{1,5})$/.exec(text) ?? [];
    return isLoopback(host) && Number(port) <= 65_535 ? { host, port: Number(port) } : undefined;
  },
};

/** What of an address the `.env` file says. */
export interface ServerSettings {
  readonly host?: string;
  readonly port?: number;
}

/**
 * The address that the `.env` file says, with a word on what of it is not done: devices in the field listen for everybody
 * (PROTOCOLS D4, 52).
 */
export function addressOf({ host, port }: ServerSettings): { readonly at: LocalAddress; readonly notice?: string } {
  const at = { ...usual, ...(port !== undefined && { port }) };
  if (host === undefined) return { at };
  if (isLoopback(host)) return { at: { ...at, host } };
  return {
    at,
    notice: `EDGEFLOW_SERVER_HOST is ${host}: the local API asks nobody who they are, so that it listens on ${at.host} alone`,
  };
}

/** As it stands in a URL. */
export function localUrl({ host, port }: LocalAddress): string {
  const name = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
