import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { Shadow } from "../../protocol/edgeflow/api.js";
import { isoTime } from "../../world/clock.js";
import type { StoreBase } from "./base.js";
import type { ShadowRow } from "./schema.js";

type State = Record<string, unknown>;

const StoredState = z.record(z.string(), z.unknown());
const StoredTimes = z.record(z.string(), z.string());

/** What is desired and not reported so. */
export function deltaOf(desired: State, reported: State): State {
  return Object.fromEntries(Object.entries(desired).filter(([key, value]) => !isDeepStrictEqual(value, reported[key])));
}

function shadowOf(row: ShadowRow): Shadow {
  const desired = StoredState.parse(JSON.parse(row.desired));
  const reported = StoredState.parse(JSON.parse(row.reported));
  return {
    device_id: row.device_id,
    version: row.version,
    desired,
    reported,
    delta: deltaOf(desired, reported),
    metadata: {
      desired: StoredTimes.parse(JSON.parse(row.desired_times)),
      reported: StoredTimes.parse(JSON.parse(row.reported_times)),
    },
    updated_at: isoTime(row.updated_at),
  };
}

/** Shadows of EdgeFlow devices (PROTOCOLS C5): a version goes up with each change, each key knows when it was set. */
export function shadowStore({ world, database, command }: StoreBase) {
  /** Sets keys of one side; the others stay. */
  function merge(side: "desired" | "reported", deviceId: string, changes: State): Promise<Shadow | undefined> {
    return command(async (tx) => {
      const row = await tx.selectFrom("shadow").selectAll().where("device_id", "=", deviceId).executeTakeFirst();
      if (!row) return undefined;
      const now = world.clock.now();
      const shadow = shadowOf(row);
      const times = Object.fromEntries(Object.keys(changes).map((key) => [key, isoTime(now)]));
      const changed = await tx
        .updateTable("shadow")
        .set({
          version: row.version + 1,
          [side]: JSON.stringify({ ...shadow[side], ...changes }),
          [`${side}_times`]: JSON.stringify({ ...shadow.metadata[side], ...times }),
          updated_at: now,
        })
        .where("device_id", "=", deviceId)
        .returningAll()
        .executeTakeFirstOrThrow();
      return shadowOf(changed);
    });
  }

  return {
    find: async (deviceId: string): Promise<Shadow | undefined> => {
      const row = await database.selectFrom("shadow").selectAll().where("device_id", "=", deviceId).executeTakeFirst();
      return row && shadowOf(row);
    },
    report: (deviceId: string, reported: State) => merge("reported", deviceId, reported),
    desire: (deviceId: string, desired: State) => merge("desired", deviceId, desired),
  };
}
