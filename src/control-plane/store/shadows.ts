import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { Shadow } from "../../protocol/edgeflow/api.js";
import { isoTime } from "../../world/clock.js";
import { audit } from "./audit.js";
import type { OrgDecider, StoreBase } from "./base.js";
import type { Database, ShadowRow, Tx } from "./schema.js";

type State = Record<string, unknown>;

/** What becomes of a change: the shadow after it, or why there is none. `stale`: the shadow is of another version. */
export type ShadowOutcome = Shadow | "unknown" | "stale" | "too large";

/** What a side of a shadow may hold, bytes of JSON. */
export const largestState = 64 << 10;

const StoredState = z.record(z.string(), z.unknown());
const StoredTimes = z.record(z.string(), z.string());

/** What is desired and not reported so. */
export function deltaOf(desired: State, reported: State): State {
  const isReported = ([key, value]: [string, unknown]): boolean =>
    Object.hasOwn(reported, key) && isDeepStrictEqual(value, reported[key]);
  return Object.fromEntries(Object.entries(desired).filter((entry) => !isReported(entry)));
}

/** A side with keys set, and without those that are set to null. */
function merged(before: State, changes: State): State {
  return Object.fromEntries(Object.entries({ ...before, ...changes }).filter(([, value]) => value !== null));
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

/** The shadow of a device; in any organisation if none is named. */
async function find(on: Database | Tx, deviceId: string, orgId?: string): Promise<Shadow | undefined> {
  let query = on.selectFrom("shadow").selectAll("shadow").where("device_id", "=", deviceId);
  if (orgId !== undefined) {
    query = query.where(({ exists, selectFrom }) =>
      exists(selectFrom("device").select("id").whereRef("device.id", "=", "device_id").where("org_id", "=", orgId)),
    );
  }
  const row = await query.executeTakeFirst();
  return row && shadowOf(row);
}

/** Shadows of EdgeFlow devices (PROTOCOLS C5): a version goes up with each change, each key knows when it was set. */
export function shadowStore({ world, database, command }: StoreBase) {
  /** Sets keys of one side and takes away those that are null; the others stay. Without a key nothing changes. */
  async function change(tx: Tx, side: "desired" | "reported", before: Shadow, changes: State): Promise<ShadowOutcome> {
    if (Object.keys(changes).length === 0) return before;
    const now = world.clock.now();
    const state = merged(before[side], changes);
    const text = JSON.stringify(state);
    if (Buffer.byteLength(text) > largestState) return "too large";
    const set = Object.keys(changes).map((key) => [key, isoTime(now)]);
    const times = Object.entries({ ...before.metadata[side], ...Object.fromEntries(set) });
    const left = Object.fromEntries(times.filter(([key]) => Object.hasOwn(state, key)));
    const row = await tx
      .updateTable("shadow")
      .set({
        version: before.version + 1,
        [side]: text,
        [`${side}_times`]: JSON.stringify(left),
        updated_at: now,
      })
      .where("device_id", "=", before.device_id)
      .returningAll()
      .executeTakeFirstOrThrow();
    return shadowOf(row);
  }

  return {
    find: (deviceId: string, orgId?: string): Promise<Shadow | undefined> => find(database, deviceId, orgId),

    /** What a device says of itself. */
    report: (deviceId: string, reported: State): Promise<ShadowOutcome> =>
      command(async (tx) => {
        const before = await find(tx, deviceId);
        return before ? change(tx, "reported", before, reported) : "unknown";
      }),

    /** What is wanted of a device; with a `version`, only if its shadow is still of that. */
    desire: (
      deviceId: string,
      { desired, version }: { readonly desired: State; readonly version?: number | undefined },
      { orgId, address }: OrgDecider,
    ): Promise<ShadowOutcome> =>
      command(async (tx) => {
        const before = await find(tx, deviceId, orgId);
        if (!before) return "unknown";
        if (version !== undefined && version !== before.version) return "stale";
        const outcome = await change(tx, "desired", before, desired);
        if (typeof outcome === "object" && outcome !== before) {
          const at = world.clock.now();
          await audit(tx, { at, action: "update", orgId, target: deviceId, address, result: "changed shadow" });
        }
        return outcome;
      }),
  };
}
