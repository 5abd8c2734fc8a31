import { contains, parseCidr } from "../../provisioning/cidr.js";
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
  const networks = textsOrNone(key.source_cidrs);
  if (networks && !networks.some((network) => isWithin(network, address))) return "foreign_address";
  if (key.name_pattern !== null && !(name !== undefined && fitsPattern(name, key.name_pattern))) return "unfit_name";
  return key.expires_at !== null && key.expires_at <= now ? "expired" : undefined;
}

function isWithin(network: string, address: string): boolean {
  const cidr = parseCidr(network);
  return cidr !== undefined && contains(cidr, address);
}
