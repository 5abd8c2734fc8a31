import type { Compilable, SelectQueryBuilder } from "kysely";
import type { AlertKind } from "../../protocol/integration/schema.js";
import { tell } from "./alert-events.js";
import { putAlert } from "./alert-rows.js";
import type { StoreBase } from "./base.js";
import type { AlertRow, Schema, Tx } from "./schema.js";
import { type HoleMaker, statement } from "./statement.js";

/** Alerts that open or end in one transaction; a bound, since requests wait meanwhile. */
const largestStep = 256;

/** Whom a condition holds for. */
export interface Subject {
  readonly org_id: string;
  readonly subject: string;
}

/** A query for them. One whose rows come by organisation and subject from an index costs least: two are then merged. */
export type Subjects = SelectQueryBuilder<Schema, keyof Schema, Subject>;

/** What is known at a moment and is not in the database. */
export interface Circumstances {
  /** The organisation of the server's owner. */
  readonly org: string;
  readonly connections: number;
  /** Null: unknown. */
  readonly maxConnections: number | null;
}

/** What an alert lasts for. */
export interface Condition {
  readonly kind: AlertKind;
  /** The one thing that it is about, of those that share its kind. */
  readonly about?: string;
  /** For whom it holds. Holes are `now` and those of `Circumstances`. */
  readonly holds: (on: Tx, hole: HoleMaker) => Subjects;
  /** For whom it has not ended, where that is more than for whom it holds. */
  readonly lasts?: (on: Tx, hole: HoleMaker) => Subjects;
  /** A sentence about one for whom it holds, for people. */
  readonly message: (tx: Tx, subject: Subject, circumstances: Circumstances) => Promise<string>;
}

/** What has changed: alerts to open and to end. Nothing is ever both. */
interface Change extends Subject {
  /** Among the conditions. */
  readonly place: number;
  readonly opens: number;
}

type Changes = SelectQueryBuilder<Schema, never, Change>;

const endOpen = statement((on, hole) =>
  on
    .updateTable("alert")
    .set({ held: 0, ended_at: hole<number>("now") })
    .where("id", "=", hole<number>("id"))
    .where("ended_at", "is", null)
    .returningAll(),
);

const letGo = statement((on, hole) =>
  on
    .updateTable("alert")
    .set({ held: 0 })
    .where("kind", "=", hole<AlertKind>("kind"))
    .where("org_id", "=", hole<string>("orgId"))
    .where("subject", "=", hole<string>("subject"))
    .where("held", "=", (eb) => eb.lit(1))
    .returning("id"),
);

/** Alerts that last as long as their conditions: they are compared with what holds, and made to agree. */
export function conditionStore({ world, command, look }: StoreBase, conditions: readonly Condition[]) {
  const changes = statement((on, hole) => differences(conditions, on, hole));

  async function apply(tx: Tx, change: Change, circumstances: Circumstances, now: number): Promise<void> {
    const condition = conditions[change.place];
    if (!condition) return;
    const { org_id: orgId, subject } = change;
    const { kind } = condition;
    if (change.opens) {
      const message = await condition.message(tx, change, circumstances);
      const row = await putAlert(tx, { orgId, kind, subject, message }, { now, held: true });
      if (row?.count === 1) await tell(tx, "alert.opened", row, now);
    } else {
      const [held] = (await letGo(tx, { kind, orgId, subject })).rows;
      const ended: AlertRow | undefined = held && (await endOpen(tx, { id: held.id, now })).rows[0];
      if (ended) await tell(tx, "alert.ended", ended, now);
    }
  }

  /** Opens what newly holds and ends what does not hold any more. One statement where nothing has changed. */
  return async (circumstances: Circumstances): Promise<void> => {
    const values = () => ({ now: world.clock.now(), ...circumstances });
    const changed = await look(async (tx) => (await changes(tx, values())).rows.length > 0);
    for (let more = changed; more; ) {
      more = await command(async (tx) => {
        const at = values();
        const { rows } = await changes(tx, at);
        for (const change of rows) await apply(tx, change, circumstances, at.now);
        return rows.length === largestStep;
      });
    }
  };
}

/** What has changed, by condition: those that hold and are not held yet, and those that are held and do not last. */
function differences(conditions: readonly Condition[], on: Tx, hole: HoleMaker): Compilable<Change> {
  const sides = conditions.flatMap(({ kind, about, holds, lasts = holds }, place) => {
    const side = (from: Subjects, without: Subjects, opens: 0 | 1): Changes =>
      on
        .selectFrom(from.except(without).orderBy("org_id").orderBy("subject").limit(largestStep).as("change"))
        .select(({ lit }) => [lit(place).as("place"), lit(opens).as("opens"), "change.org_id", "change.subject"]);
    const held = heldBy(on, kind, about);
    return [side(holds(on, hole), held, 1), side(held, lasts(on, hole), 0)];
  });
  return sides.reduce((all, side) => all.unionAll(side)).limit(largestStep);
}

function heldBy(on: Tx, kind: AlertKind, about: string | undefined): Subjects {
  const held = on
    .selectFrom("alert")
    .select(["alert.org_id", "alert.subject"])
    .where("alert.kind", "=", kind)
    .where(({ eb, lit }) => eb("alert.held", "=", lit(1)));
  return about === undefined ? held : held.where("alert.subject", "=", about);
}
