import type { z } from "zod";
import type { DeviceCreate, DeviceCreated } from "../../protocol/integration/schema.js";
import { sameHash, sha256 } from "../../provisioning/secret.js";
import { audit } from "./audit.js";
import { millisecondsOrNull, type OrgDecider, type Page, type Range, type StoreBase, timeOrNull } from "./base.js";
import { type StoredDevice, storedDevice } from "./device-rows.js";
import { insertDevice } from "./new-device.js";
import type { ReplayStore } from "./replay.js";
import type { Tx } from "./schema.js";
import { statement } from "./statement.js";

export type { StoredDevice } from "./device-rows.js";

/** What credentials are worth. Expired ones are right, but for their time. */
export type CredentialVerdict = "valid" | "expired" | "unknown";

/** What a device is let in by. */
export type ConnectAnswer =
  /** Milliseconds; null: the credentials never expire. */
  { readonly verdict: "valid"; readonly expiresAt: number | null } | { readonly verdict: "expired" | "unknown" };

const select = statement((on, hole) =>
  on
    .selectFrom("device")
    .select(["api_key_hash", "expires_at", "authenticated_at"])
    .where("id", "=", hole<string>("deviceId")),
);

const setAuthenticated = statement((on, hole) =>
  on
    .updateTable("device")
    .set({ authenticated_at: hole<number>("now") })
    .where("id", "=", hole<string>("deviceId")),
);

/** EdgeFlow devices. */
export function deviceStore({ world, database, command, look }: StoreBase, replay: ReplayStore) {
  /** The device of these credentials and what they are worth now. */
  async function check(tx: Tx, deviceId: string, apiKey: string) {
    const [row] = (await select(tx, { deviceId })).rows;
    if (!row || !sameHash(row.api_key_hash, sha256(apiKey))) return { verdict: "unknown" } as const;
    const expired = row.expires_at !== null && row.expires_at <= world.clock.now();
    return expired ? ({ verdict: "expired" } as const) : ({ verdict: "valid", row } as const);
  }

  return {
    /** Makes a device's credentials before the device comes; without `expiresAt` they never expire. */
    create: (
      { orgId, address }: OrgDecider,
      { name, expiresAt, labels = [] }: z.output<typeof DeviceCreate>,
    ): Promise<z.output<typeof DeviceCreated>> =>
      command(async (tx) => {
        const now = world.clock.now();
        const until = millisecondsOrNull(expiresAt);
        const { deviceId, apiKey } = await insertDevice(tx, world, {
          orgId,
          name,
          batchId: null,
          hardware: {},
          network: {},
          labels: JSON.stringify(labels),
          expiresAt: until,
          now,
        });
        await audit(tx, { at: now, action: "create", orgId, target: deviceId, address, result: "created" });
        return { device_id: deviceId, api_key: apiKey, expires_at: timeOrNull(until) };
      }),

    /** The check of `X-API-Key`. */
    verify: (deviceId: string, apiKey: string): Promise<CredentialVerdict> =>
      look(async (tx) => (await check(tx, deviceId, apiKey)).verdict),

    /**
     * The check at `connect`. The first success proves that the exchange's answer arrived: from then on it is not given
     * again, and the device is not reclaimed.
     */
    connect: (deviceId: string, apiKey: string): Promise<ConnectAnswer> =>
      command(async (tx) => {
        const { verdict, row } = await check(tx, deviceId, apiKey);
        if (!row) return { verdict };
        if (row.authenticated_at === null) {
          await setAuthenticated(tx, { deviceId, now: world.clock.now() });
          await replay.forget(tx, { deviceId });
        }
        return { verdict, expiresAt: row.expires_at };
      }),

    /** Oldest first. */
    list: async (orgId: string, { limit, offset }: Range): Promise<Page<StoredDevice>> => {
      const all = database.selectFrom("device").where("org_id", "=", orgId);
      const rows = await all.selectAll().orderBy("created_at").orderBy("id").limit(limit).offset(offset).execute();
      const { total } = await all.select(({ fn }) => fn.countAll<number>().as("total")).executeTakeFirstOrThrow();
      const now = world.clock.now();
      return { items: rows.map((row) => storedDevice(row, now)), total };
    },

    find: async (orgId: string, deviceId: string): Promise<StoredDevice | undefined> => {
      const row = await database
        .selectFrom("device")
        .selectAll()
        .where("org_id", "=", orgId)
        .where("id", "=", deviceId)
        .executeTakeFirst();
      return row && storedDevice(row, world.clock.now());
    },

    delete: (deviceId: string, { orgId, address }: OrgDecider): Promise<boolean> =>
      command(async (tx) => {
        const { numDeletedRows } = await tx
          .deleteFrom("device")
          .where("org_id", "=", orgId)
          .where("id", "=", deviceId)
          .executeTakeFirst();
        if (numDeletedRows === 0n) return false;
        const at = world.clock.now();
        await audit(tx, { at, action: "delete", orgId, target: deviceId, address, result: "removed" });
        return true;
      }),

    /** Remembers when a device was last heard of, for the time after its tunnel. */
    seen: (deviceId: string, at: number): Promise<void> =>
      command(async (tx) => {
        await tx.updateTable("device").set({ last_seen_at: at }).where("id", "=", deviceId).execute();
      }),
  };
}
