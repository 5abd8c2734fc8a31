import type { CodesItem } from "../../protocol/integration/schema.js";
import { usageState } from "../../provisioning/usage.js";
import { isoTime } from "../../world/clock.js";
import { shownLabels, timeOrNull } from "./base.js";
import type { CodeBatchRow, Database, Tx } from "./schema.js";

/** What has become of a batch's codes. */
interface Tally {
  readonly used: number | null;
  /** When one was used last, milliseconds. */
  readonly last: number | null;
  /** Codes revoked one by one that are not used. */
  readonly withdrawn: number | null;
}

export const unusedTally: Tally = { used: 0, last: null, withdrawn: 0 };

/** Batches with their tallies, each counted in an index of its own. */
export function withTally(from: Database | Tx) {
  return from
    .selectFrom("code_batch")
    .selectAll()
    .select(({ selectFrom }) => {
      const codes = selectFrom("code").whereRef("batch_id", "=", "code_batch.id");
      const used = codes.where("used_at", "is not", null);
      const withdrawn = codes.where("code.revoked_at", "is not", null).where("used_at", "is", null);
      return [
        used.select(({ fn }) => fn.countAll<number>().as("count")).as("used"),
        used.select(({ fn }) => fn.max("used_at").as("time")).as("last"),
        withdrawn.select(({ fn }) => fn.countAll<number>().as("count")).as("withdrawn"),
      ];
    });
}

/** A batch as the API shows it; what is unset of ours is left out. */
export function codesItem(row: CodeBatchRow & Tally, now: number): CodesItem {
  const { quantity, expires_at: expiresAt } = row;
  const [used, withdrawn] = [row.used ?? 0, row.withdrawn ?? 0];
  const revokedAt = withdrawn === quantity ? now : row.revoked_at;
  return {
    provisioningCodeId: row.id,
    orgId: row.org_id,
    name: row.name,
    quantity,
    numUsed: used,
    createdAt: isoTime(row.created_at),
    lastUsed: timeOrNull(row.last),
    expiresAt: timeOrNull(expiresAt),
    state: usageState({ maxUsage: quantity - withdrawn, used, expiresAt, revokedAt }, now),
    ...(row.reclaim_after !== null && { reclaimAfter: row.reclaim_after / 1_000 }),
    ...shownLabels(row.labels),
    ...(withdrawn > 0 && { numRevoked: withdrawn }),
  };
}
