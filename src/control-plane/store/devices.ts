import type { z } from "zod";
import type { DeviceCreate, DeviceCreated } from "../../protocol/integration/schema.js";
import { audit } from "./audit.js";
import { millisecondsOrNull, type OrgDecider, type Page, type Range, type StoreBase, timeOrNull } from "./base.js";
import { deviceCredentialStore } from "./device-credentials.js";
import { type StoredDevice, storedDevice } from "./device-rows.js";
import { insertDevice } from "./new-device.js";
import type { ReplayStore } from "./replay.js";
import type { Database, Tx } from "./schema.js";

export type { StoredDevice } from "./device-rows.js";

function one(on: Database | Tx, orgId: string, deviceId: string) {
  return on.selectFrom("device").selectAll().where("org_id", "=", orgId).where("id", "=", deviceId).executeTakeFirst();
}

/** EdgeFlow devices. */
export function deviceStore(base: StoreBase, replay: ReplayStore) {
  const { world, database, command } = base;
  return {
    ...deviceCredentialStore(base, replay),

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

    /** Oldest first. */
    list: async (orgId: string, { limit, offset }: Range): Promise<Page<StoredDevice>> => {
      const all = database.selectFrom("device").where("org_id", "=", orgId);
      const rows = await all.selectAll().orderBy("created_at").orderBy("id").limit(limit).offset(offset).execute();
      const { total } = await all.select(({ fn }) => fn.countAll<number>().as("total")).executeTakeFirstOrThrow();
      const now = world.clock.now();
      return { items: rows.map((row) => storedDevice(row, now)), total };
    },

    find: async (orgId: string, deviceId: string): Promise<StoredDevice | undefined> => {
      const row = await one(database, orgId, deviceId);
      return row && storedDevice(row, world.clock.now());
    },

    /** Ends a device's credentials for good, used or not; a second time changes nothing. Undefined: there is no such device. */
    revoke: (deviceId: string, { orgId, address }: OrgDecider): Promise<StoredDevice | undefined> =>
      command(async (tx) => {
        const row = await one(tx, orgId, deviceId);
        const now = world.clock.now();
        if (!row || row.revoked_at !== null) return row && storedDevice(row, now);
        await tx.updateTable("device").set({ revoked_at: now }).where("id", "=", deviceId).execute();
        await replay.forget(tx, { deviceId });
        await audit(tx, { at: now, action: "revoke", orgId, target: deviceId, address, result: "revoked" });
        return storedDevice({ ...row, revoked_at: now }, now);
      }),

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

    /** Puts on record that a command was sent, and what became of it. */
    commanded: (deviceId: string, result: string, { orgId, address }: OrgDecider): Promise<void> =>
      command((tx) =>
        audit(tx, { at: world.clock.now(), action: "command", orgId, target: deviceId, address, result }),
      ),

    /** Remembers when and where a device was last heard of, for the time after its tunnel. */
    seen: (deviceId: string, at: number, address: string): Promise<void> =>
      command(async (tx) => {
        const last = { last_seen_at: at, last_address: address };
        await tx.updateTable("device").set(last).where("id", "=", deviceId).execute();
      }),
  };
}
