import { type Cidr, contains, parseCidr } from "../../provisioning/cidr.js";
import { fitsPattern } from "../../provisioning/name-pattern.js";
import { textsOrNone } from "./json-list.js";
import type { ProvisioningKeyRow } from "./schema.js";

/** Who wants to exchange a key. */
export interface Applicant {
  readonly name: string | undefined;
  /** Source address. */
  readonly address: string;
}

/** What a key has against an applicant at a moment, whatever its uses. With a pattern, who has no name does not fit. */
export function objectionOf(
  key: Pick<ProvisioningKeyRow, "source_cidrs" | "name_pattern" | "expires_at">,
  { name, address }: Applicant,
  now: number,
): "foreign_address" | "unfit_name" | "expired" | undefined {
  if (!isFrom(networksOf(key.source_cidrs), address)) return "foreign_address";
  if (!isCalled(key.name_pattern, name)) return "unfit_name";
  return key.expires_at !== null && key.expires_at <= now ? "expired" : undefined;
}

/** The networks of a JSON list; undefined for an empty one. */
export function networksOf(sourceCidrs: string): Cidr[] | undefined {
  return textsOrNone(sourceCidrs)?.flatMap((text) => parseCidr(text) ?? []);
}

/** Whether an address is in one of the networks; undefined: it may be any. */
export function isFrom(networks: readonly Cidr[] | undefined, address: string | null): boolean {
  return !networks || (address !== null && networks.some((network) => contains(network, address)));
}

/** Whether a given name has the form of a pattern; null: anything has it. */
export function isCalled(pattern: string | null, name: string | undefined): boolean {
  return pattern === null || (name !== undefined && fitsPattern(name, pattern));
}
