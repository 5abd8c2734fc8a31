import { z } from "zod";
import { listOf } from "./lenient.js";

/** Where a newt listens and what it forwards to: `port:host:port`, an IPv6 host in brackets (PROTOCOLS A13). */
export const TargetTexts = listOf(z.string());
export const TargetsData = z.object({ targets: TargetTexts });

/** A place behind a newt that browsers reach as a terminal or a desktop. */
export const BrowserGatewayTarget = z.object({
  id: z.number().int(),
  /** `ssh`, `rdp`, `vnc`. */
  type: z.string(),
  destination: z.string(),
  destinationPort: z.number().int(),
  authToken: z.string(),
});
export type BrowserGatewayTarget = z.infer<typeof BrowserGatewayTarget>;

export interface Forward {
  readonly internalPort: number;
  readonly host: string;
  readonly port: number;
}

function isIpv6(host: string): boolean {
  return host.includes(":");
}

const targetPattern = /^(\d{1,5}):(\S+):(\d{1,5})$/;
const highestPort = 65_535;

function isPort(port: number): boolean {
  return port > 0 && port <= highestPort;
}

/** What a target's text says; undefined if it is none. */
export function readTarget(text: string): Forward | undefined {
  const [, listens = "", bracketed = "", forwards = ""] = targetPattern.exec(text) ?? [];
  const host = bracketed.replace(/^\[(.*)\]$/, "$1");
  const [internalPort, port] = [Number(listens), Number(forwards)];
  return host !== "" && isPort(internalPort) && isPort(port) ? { internalPort, host, port } : undefined;
}

/** A target as messages name it. */
export function targetText({ internalPort, host, port }: Forward): string {
  return `${internalPort}:${isIpv6(host) && !host.startsWith("[") ? `[${host}]` : host}:${port}`;
}

/** Whether `newt/sync` may name it: there newt takes what has more than two colons for no target (PROTOCOLS A15). */
export function fitsSync({ host }: Pick<Forward, "host">): boolean {
  return !isIpv6(host);
}
