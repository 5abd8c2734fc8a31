import { isLoopback } from "../loopback.js";
import type { HttpResponse } from "../network.js";
import type { Machine } from "./machine.js";

/** Where a URL leads. */
export interface Destination {
  readonly name: string;
  readonly port: number;
  readonly tls: boolean;
}

const defaultPorts: Readonly<Record<string, number>> = { http: 80, https: 443, ws: 80, wss: 443 };

/** All hosts, by name and by address. */
export class Internet {
  readonly #hosts = new Map<string, Machine>();
  readonly #destinations = new Map<string, Destination>();

  enter(host: Machine): void {
    this.#hosts.set(host.name.toLowerCase(), host);
    this.#hosts.set(host.address, host);
  }

  /** The host of a name or an address, as another sees it. */
  find(name: string, from: Machine): Machine | undefined {
    if (isLoopback(name)) return from;
    return from.link.resolves || isAddress(name) ? this.#hosts.get(name.toLowerCase()) : undefined;
  }

  /** Where a URL leads, whatever its path; undefined for what is none. */
  destination(url: string): Destination | undefined {
    const start = url.indexOf("://") + 3;
    const end = url.indexOf("/", start);
    const origin = end < 0 ? url : url.slice(0, end);
    let known = this.#destinations.get(origin);
    if (!known) {
      if (!URL.canParse(origin)) return undefined;
      const { protocol, hostname, port } = new URL(origin);
      const scheme = protocol.slice(0, -1);
      known = {
        name: hostname.replace(/^\[|\]$/g, ""),
        port: port === "" ? (defaultPorts[scheme] ?? 0) : Number(port),
        tls: scheme === "https" || scheme === "wss",
      };
      this.#destinations.set(origin, known);
    }
    return known;
  }
}

function isAddress(name: string): boolean {
  return /^[\d.]+$|:/.test(name);
}

/** Whether a host can listen on an address. */
export function isOwn(host: Machine, address: string): boolean {
  return isLoopback(address) || address === "0.0.0.0" || address === "::" || address === host.address;
}

/** Path and query of a URL. */
export function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  return start < 0 ? "/" : url.slice(start);
}

/** Bytes that an answer takes, about. */
export function sizeOf({ body }: Pick<HttpResponse, "body">): number {
  return body.length + 300;
}
