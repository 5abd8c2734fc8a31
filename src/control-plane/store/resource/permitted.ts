import { kindTitles } from "../../../protocol/integration/schema.js";
import type { Applier } from "./applier.js";
import type { Prepared } from "./entries.js";
import { knownKey, type Live } from "./live.js";
import type { Notes } from "./notes.js";

/** What a blueprint may make, against a site that means harm: characters of one resource, resources of one site. */
const most = { characters: 1 << 16, resources: 1_000 } as const;

/** Half a character: it would come back from the database as another. */
const halfCharacter = /\p{Cs}/u;

/** Complains of what nobody may put, or not this one (PROTOCOLS D3.31), and of what it needs and there is not. */
export function checkEntries(entries: readonly Prepared[], live: Live, applier: Applier, notes: Notes): void {
  const { siteId } = applier;
  for (const { niceId, entry, text, known, wishes } of entries) {
    const name = `the ${kindTitles[entry.kind]} ${niceId.slice(0, 255)}`;
    if (wishes.some(({ place }) => halfCharacter.test(place?.host ?? "")))
      notes.problem(`a target of ${name} has no host name`);
    if (text.length > most.characters) notes.problem(`${name} is larger than 64 KiB`);
    if (known && siteId !== undefined && known.row.site_id !== siteId)
      notes.problem(`${name} belongs to ${known.row.site_id === null ? "the organisation" : "another site"}`);
  }
  checkShared(entries, live, notes);
  const created = entries.filter(({ known }) => !known).length;
  if (siteId !== undefined && created > 0 && live.ownCount + created > most.resources)
    notes.problem(`a site has ${most.resources} resources at most`);
}

function checkShared(entries: readonly Prepared[], live: Live, notes: Notes): void {
  const policies = new Set(entries.flatMap(({ entry, niceId }) => (entry.kind === "policy" ? [niceId] : [])));
  for (const { entry } of entries) {
    if (entry.kind === "public" && entry.document.policy) {
      const { policy } = entry.document;
      if (!policies.has(policy) && !live.known.has(knownKey({ kind: "policy", niceId: policy })))
        notes.problem(`Shared policy not found: ${policy}`);
    }
    if (entry.kind !== "policy")
      for (const { provider } of entry.document["ai-providers"] ?? [])
        notes.problem(`AI provider not found: ${provider}`);
  }
}
