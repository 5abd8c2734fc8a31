import type { ResourceKind } from "../../../protocol/integration/schema.js";
import type { Applier } from "./applier.js";
import { type Columns, columnsOf, type Entry } from "./columns.js";
import { type Known, knownKey, type Live, type Owner } from "./live.js";
import type { Notes } from "./notes.js";

/** An entry, under its name, with what is there of it. */
interface Claim {
  readonly entry: Entry;
  readonly niceId: string;
  readonly known: Known | undefined;
  /** False: it keeps what it has, whatever the document says of others. */
  readonly isWhole: boolean;
}

/** What only one resource of a kind may have, in words. */
function singlesOf(
  kind: ResourceKind,
  { full_domain, alias, proxy_protocol, proxy_port }: Omit<Columns, "enabled">,
): string[] {
  return [
    ...(full_domain === null ? [] : [`Full domain ${full_domain} of a ${kind} resource`]),
    ...(alias === null ? [] : [`Alias ${alias}`]),
    ...(proxy_port === null ? [] : [`Proxy port ${proxy_port}/${proxy_protocol}`]),
  ];
}

/**
 * Complains of domains, aliases and ports that resources beside those that the document writes have (PROTOCOLS B12). What a resource has, it
 * keeps: a document that changes nothing is never refused.
 */
export function checkTaken(claims: readonly Claim[], live: Live, applier: Applier, notes: Notes): void {
  const whole = claims.filter(({ isWhole }) => isWhole);
  const claimed = new Set(whole.map(({ entry: { kind }, niceId }) => knownKey({ kind, niceId })));
  const others = live.owners.filter((owner) => !claimed.has(knownKey(owner)));
  if (others.length === 0) return;
  const owned = new Map(
    others.flatMap((owner) => singlesOf(owner.kind, owner).map((single) => [single, owner] as const)),
  );
  for (const { entry, known } of claims) {
    const had = new Set(known && singlesOf(entry.kind, known.row));
    for (const single of singlesOf(entry.kind, columnsOf(entry))) {
      const owner = had.has(single) ? undefined : owned.get(single);
      if (owner) notes.problem(`${single} is already in use by ${ownerText(owner, applier)}`);
    }
  }
}

/** A site hears nothing of what others have. */
function ownerText({ kind, niceId, site_id }: Owner, { siteId }: Applier): string {
  const isShown = siteId === undefined || siteId === site_id;
  return isShown ? `the ${kind} resource ${niceId}` : "another resource";
}
