import type { AlertFilter, AlertItem, AlertKind } from "../../protocol/integration/schema.js";
import { tell } from "./alert-events.js";
import { alertItem, type NewAlert, putAlert } from "./alert-rows.js";
import { audit } from "./audit.js";
import type { OrgDecider, Page, Range, StoreBase } from "./base.js";
import type { Tx } from "./schema.js";
import { statement } from "./statement.js";
import { guessedAt } from "./strangers.js";

/** Alerts of what happens at a moment; the others last as long as their condition does. */
export type EventKind = Extract<AlertKind, "identity.cloned" | "key.strangers">;

/** What the audit knows the subjects of each kind as. */
const subjects: Record<AlertKind, "keyId" | "target"> = {
  "site.pending": "target",
  "identity.cloned": "target",
  "key.strangers": "keyId",
  "key.used_up": "keyId",
  "key.expiring": "keyId",
  "capacity.low": "target",
};

/** Ended alerts are kept for so long, milliseconds. */
const keptMs = 30 * 86_400_000;

/** Rows that are forgotten in one transaction; a bound, since requests wait meanwhile. */
const forgottenAtOnce = 500;

const selectKey = statement((on, hole) =>
  on.selectFrom("provisioning_key").select(["id", "org_id", "name"]).where("id", "=", hole<string>("id")),
);

/** Opens an alert in the transaction that finds its cause; one that is open already is counted up. True: it is new. */
export async function openAlert(tx: Tx, alert: NewAlert<EventKind>, now: number): Promise<boolean> {
  const row = await putAlert(tx, alert, { now, held: false });
  if (row?.count !== 1) return false;
  await tell(tx, "alert.opened", row, now);
  return true;
}

/** Alerts. Every question and command stays within one organisation. */
export function alertStore({ world, database, command, look }: StoreBase) {
  /** Forgets some of the alerts that ended long ago; one whose condition lasts is what keeps it from opening again. */
  function forgetOld(): Promise<number> {
    return command(async (tx) => {
      const old = tx
        .selectFrom("alert")
        .select("id")
        .where("ended_at", "<", world.clock.now() - keptMs)
        .where("held", "=", 0)
        .limit(forgottenAtOnce);
      const { numDeletedRows } = await tx.deleteFrom("alert").where("id", "in", old).executeTakeFirst();
      return Number(numDeletedRows);
    });
  }

  return {
    /** True: it is new. */
    raise: (alert: NewAlert<EventKind>): Promise<boolean> => command((tx) => openAlert(tx, alert, world.clock.now())),

    /** Tells that a source has used up its guesses at a key; false if there is no such key. */
    guessed: async (keyId: string, address: string): Promise<boolean> => {
      const [key] = await look(async (tx) => (await selectKey(tx, { id: keyId })).rows);
      if (!key) return false;
      await command((tx) => openAlert(tx, guessedAt(key, address), world.clock.now()));
      return true;
    },

    /** Newest first. */
    list: async (orgId: string, { open, kind }: AlertFilter, { limit, offset }: Range): Promise<Page<AlertItem>> => {
      let alerts = database.selectFrom("alert").where("org_id", "=", orgId);
      if (open !== undefined) alerts = alerts.where("ended_at", open ? "is" : "is not", null);
      if (kind !== undefined) alerts = alerts.where("kind", "=", kind);
      const rows = await alerts.selectAll().orderBy("id", "desc").limit(limit).offset(offset).execute();
      const { total } = await alerts.select(({ fn }) => fn.countAll<number>().as("total")).executeTakeFirstOrThrow();
      return { items: rows.map(alertItem), total };
    },

    /** Ends an alert; it opens again when its cause happens anew. One that has ended stays as it is. */
    end: (id: number, { orgId, address }: OrgDecider): Promise<AlertItem | undefined> =>
      command(async (tx) => {
        const now = world.clock.now();
        const [ended] = await tx
          .updateTable("alert")
          .set({ ended_at: now })
          .where("org_id", "=", orgId)
          .where("id", "=", id)
          .where("ended_at", "is", null)
          .returningAll()
          .execute();
        if (ended) {
          const { kind, subject } = ended;
          await audit(tx, {
            at: now,
            action: "end",
            orgId,
            [subjects[kind]]: subject,
            address,
            result: `ended ${kind}`,
          });
          await tell(tx, "alert.ended", ended, now);
          return alertItem(ended);
        }
        const alerts = tx.selectFrom("alert").selectAll().where("org_id", "=", orgId).where("id", "=", id);
        const row = await alerts.executeTakeFirst();
        return row && alertItem(row);
      }),

    tidy: async (): Promise<void> => {
      while ((await forgetOld()) === forgottenAtOnce);
    },
  };
}
