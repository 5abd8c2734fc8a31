import { type RawBuilder, sql } from "kysely";
import type { StoreBase } from "./base.js";
import { statement } from "./statement.js";

/** Who has a channel now. */
export interface Attendance {
  /** Since when it is known whenever a channel ends: monotonic time, milliseconds, since wall time may be set. */
  readonly since: number;
  ids(): readonly string[];
  /** Monotonic times of the begin and of the last sign of life, milliseconds. */
  get(id: string): Present | undefined;
}

interface Present {
  readonly openedAt: number;
  readonly heardAt: number;
  readonly address: string;
}

/** Who is written down: all that were heard from, or those only whose channel is new. */
export type Whom = "everybody" | "newcomers";

/** Channels that one command writes down: a bound, since requests wait meanwhile. */
const atOnce = 500;

interface Heard {
  readonly id: string;
  readonly at: number;
  readonly address: string;
}

/** A JSON list of ids, wall times and addresses as a table. */
function heardIn(list: RawBuilder<string>) {
  const columns = sql`value ->> 0 as id, value ->> 1 as at, value ->> 2 as address`;
  return sql<Heard>`(select ${columns} from json_each(${list}))`.as<"heard">("heard");
}

const writeNewts = statement((on, hole) =>
  on
    .updateTable("site")
    .from(heardIn(hole<string>("list")))
    .innerJoin("newt", "newt.id", "heard.id")
    .set(({ ref }) => ({ last_seen_at: ref("heard.at"), last_address: ref("heard.address") }))
    .whereRef("site.id", "=", "newt.site_id"),
);

const writeDevices = statement((on, hole) =>
  on
    .updateTable("device")
    .from(heardIn(hole<string>("list")))
    .set(({ ref }) => ({ last_seen_at: ref("heard.at"), last_address: ref("heard.address") }))
    .whereRef("device.id", "=", "heard.id"),
);

/**
 * When and where those who are connected were last heard from: written down now and then, since after a power loss
 * nobody else knows. Each has a time of its own (PROTOCOLS D2). The end of a channel is written down as it comes.
 */
export function attendanceStore({ world: { clock }, command }: StoreBase) {
  function writer(write: typeof writeNewts): (attendance: Attendance, whom?: Whom) => Promise<void> {
    /** Who was not heard from since then, or is not newer, stands there as it is. */
    const since = { everybody: Number.NEGATIVE_INFINITY, newcomers: Number.NEGATIVE_INFINITY };
    return async (attendance, whom = "everybody") => {
      const isWanted = (channel: Present): boolean =>
        whom === "everybody" ? channel.heardAt >= since.everybody : channel.openedAt >= since.newcomers;
      const begun = clock.monotonic();
      const ids = attendance.ids();
      for (let start = 0; start < ids.length; start += atOnce) {
        // Looked at as late as that: whoever has left meanwhile has been written down.
        const list = heardOf(attendance, ids.slice(start, start + atOnce), isWanted);
        if (list.length > 0) await command(async (tx) => void (await write(tx, { list: JSON.stringify(list) })));
      }
      since.newcomers = begun;
      if (whom === "everybody") since.everybody = begun;
    };
  }

  function heardOf(
    present: Attendance,
    ids: readonly string[],
    isWanted: (channel: Present) => boolean,
  ): [string, number, string][] {
    const ahead = clock.now() - clock.monotonic();
    return ids.flatMap((id) => {
      const channel = present.get(id);
      if (!channel || !isWanted(channel)) return [];
      return [[id, Math.trunc(channel.heardAt + ahead), channel.address]];
    });
  }

  return { newts: writer(writeNewts), devices: writer(writeDevices) };
}
