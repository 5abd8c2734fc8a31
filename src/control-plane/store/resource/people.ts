import { Name } from "../../../protocol/integration/schema.js";
import type { Live } from "./live.js";
import { coveringDomains } from "./mentions.js";
import type { Notes } from "./notes.js";

/** Roles of an organisation; a bound, since a site's blueprint may name any. */
export const mostRoles = 1_000;

/** The roles that a document names and that are to be created, as far as there is room. */
export function missingRoles({ mentions, roles, roleCount }: Live, notes: Notes): string[] {
  const missing = mentions.roles.filter((name) => !roles.has(name));
  const [created, crowded] = [missing.filter(isName), missing.filter((name) => !isName(name))];
  for (const name of crowded) notes.warning(`Role ${name.slice(0, 64)} is not created: that is no name for a role`);
  const room = Math.max(0, mostRoles - roleCount);
  for (const name of created.slice(room))
    notes.warning(`Role ${name} is not created: the organisation has ${mostRoles} roles`);
  return created.slice(0, room);
}

function isName(text: string): boolean {
  return Name.safeParse(text).data === text;
}

/** Warns of users, machines and domains that the organisation does not have. */
export function checkKnown({ mentions, users, domains }: Live, orgId: string, notes: Notes): void {
  for (const user of mentions.users) if (!users.has(user)) notes.warning(`User not found: ${user} in org ${orgId}`);
  for (const machine of mentions.machines) notes.warning(`Machine not found: ${machine} in org ${orgId}`);
  for (const domain of mentions.fullDomains) {
    if (!coveringDomains(domain).some((name) => domains.has(name)))
      notes.warning(`Domain not found for full-domain: ${domain}: org ${orgId} has none that covers it`);
  }
}
