import { z } from "zod";

const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
/** With underscores, as names of services and of Windows hosts have them. */
const looseLabel = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i;
const aliasLabel = /^[a-z0-9*?](?:[a-z0-9*?-]{0,61}[a-z0-9*?])?$/i;
const address = z.union([z.ipv4(), z.ipv6()]);
const network = z.union([z.cidrv4(), z.cidrv6()]);
const longest = 253;

export function isAddress(value: string): boolean {
  return address.safeParse(value).success;
}

export function isNetwork(value: string): boolean {
  return network.safeParse(value).success;
}

/** A host name as the standards have it. */
export function isHostName(value: string): boolean {
  return value.length <= longest && value.split(".").every((part) => label.test(part));
}

/** A host name in which underscores may stand. */
export function isLooseHostName(value: string): boolean {
  return value.length <= longest && value.split(".").every((part) => looseLabel.test(part));
}

/** Four numbers as an IPv4 address has them, whatever they are. */
export function looksLikeAddress(value: string): boolean {
  return /^\d+(?:\.\d+){3}$/.test(value);
}

/** A name of two labels or more; `*` and `?` may stand in all but the last (PROTOCOLS B9). */
export function isAlias(value: string): boolean {
  const labels = value.split(".");
  const last = labels.pop() ?? "";
  return (
    value.length <= longest && labels.length > 0 && labels.every((part) => aliasLabel.test(part)) && label.test(last)
  );
}

export type DomainFault = "wildcard" | "domain" | "underscore";

/** What is wrong with the domain of a resource; `*` may stand for its first label (PROTOCOLS B3). */
export function domainFault(value: string): DomainFault | undefined {
  const wild = value.startsWith("*.");
  const rest = wild ? value.slice(2) : value;
  if (rest.includes("*") || (wild && !rest.includes("."))) return "wildcard";
  if (!rest.includes(".") || !isLooseHostName(rest)) return "domain";
  return wild && !isHostName(rest) ? "underscore" : undefined;
}

/** The texts of faults that no server can live with. */
export const domainFaults: Record<Exclude<DomainFault, "underscore">, string> = {
  wildcard: "* may stand for the first label only, before two labels or more, as in *.example.com",
  domain: "must be a domain, such as app.example.com",
};
