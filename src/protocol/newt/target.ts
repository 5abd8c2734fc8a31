import { z } from "zod";

/** Where a newt listens and what it forwards to: `port:host:port`, an IPv6 host in brackets (PROTOCOLS A13). */
export const TargetTexts = z.array(z.string());
export const TargetsData = z.object({ targets: TargetTexts });

/** A place behind a newt that browsers reach as a terminal or a desktop. */
export const BrowserGatewayTarget = z.object({
  id: z.number().int(),
  type: z.enum(["ssh", "rdp", "vnc"]),
  destination: z.string(),
  destinationPort: z.number().int(),
  authToken: z.string(),
});

interface Forward {
  readonly internalPort: number;
  readonly host: string;
  readonly port: number;
}

function isIpv6(host: string): boolean {
  return host.includes(":");
}

/** A target as messages name it. */
export function targetText({ internalPort, host, port }: Forward): string {
  return `${internalPort}:${isIpv6(host) && !host.startsWith("[") ? `[${host}]` : host}:${port}`;
}

/** Whether `newt/sync` may name it: there newt takes what has more than two colons for no target (PROTOCOLS A15). */
export function fitsSync({ host }: Pick<Forward, "host">): boolean {
  return !isIpv6(host);
}
