import type { StoreBase } from "./base.js";
import { reclaimDevices } from "./device-leases.js";
import { reclaimSites } from "./site-leases.js";
import { statement } from "./statement.js";

/** Keys and batches that one run looks after. */
const largestRun = 100;

/** Keys and batches of codes with a lease that has run out. */
const overdue = statement((on, hole) =>
  on
    .selectFrom("provisioning_key as key")
    .select(({ val }) => ["key.id", val<"key" | "batch">("key").as("kind")])
    .where("key.reclaim_after", "is not", null)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom("site")
          .select("site.id")
          .whereRef("site.provisioning_key_id", "=", "key.id")
          .whereRef("site.org_id", "=", "key.org_id")
          .where("site.authenticated_at", "is", null)
          .where(({ eb, ref }) => eb("site.created_at", "<=", eb(hole<number>("now"), "-", ref("key.reclaim_after")))),
      ),
    )
    .unionAll(({ selectFrom, val }) =>
      selectFrom("code_batch as batch")
        .select(["batch.id", val<"key" | "batch">("batch").as("kind")])
        .where("batch.reclaim_after", "is not", null)
        .where(({ exists, selectFrom }) =>
          exists(
            selectFrom("device")
              .select("device.id")
              .whereRef("device.code_batch_id", "=", "batch.id")
              .where("device.authenticated_at", "is", null)
              .where(({ eb, ref }) =>
                eb("device.created_at", "<=", eb(hole<number>("now"), "-", ref("batch.reclaim_after"))),
              ),
          ),
        ),
    )
    .limit(largestRun),
);

/** Leases: what a key or code gave and nobody came to use is taken back. */
export function leaseStore({ world, command, look }: StoreBase) {
  return {
    /** Ends overdue leases, some of them if there are very many. */
    reclaim: async (): Promise<void> => {
      const { rows } = await look(async (tx) => overdue(tx, { now: world.clock.now() }));
      for (const { id, kind } of rows) {
        await command((tx) => {
          const now = world.clock.now();
          return kind === "key" ? reclaimSites(tx, now, id) : reclaimDevices(tx, now, { batchId: id });
        });
      }
    },
  };
}
