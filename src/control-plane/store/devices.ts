import { HardwareInfo, NetworkInfo } from "../../protocol/edgeflow/api.js";
import type { DeviceItem } from "../../protocol/integration/schema.js";
import { sameHash, sha256 } from "../../provisioning/secret.js";
import { isoTime } from "../../world/clock.js";
import { audit } from "./audit.js";
import { type Page, type Range, type StoreBase, timeOrNull } from "./base.js";
import type { ReplayStore } from "./replay.js";
import type { Database, DeviceRow, Tx } from "./schema.js";
import type { Decider } from "./sites.js";

/** A device as the store knows it: whether it is online is known elsewhere. */
export type StoredDevice = Omit<DeviceItem, "online">;

function storedDevice(row: DeviceRow): StoredDevice {
  return {
    deviceId: row.id,
    orgId: row.org_id,
    name: row.name,
    provisioningCodeId: row.code_batch_id,
    boardModel: HardwareInfo.parse(JSON.parse(row.hardware)).board_model ?? null,
    macAddress: NetworkInfo.parse(JSON.parse(row.network)).mac_address ?? null,
    createdAt: isoTime(row.created_at),
    expiresAt: timeOrNull(row.expires_at),
    lastSeen: timeOrNull(row.last_seen_at),
  };
}

/** EdgeFlow devices. */
export function deviceStore({ world, database, command }: StoreBase, replay: ReplayStore) {
  /** Whether these are a device's credentials, and not expired. */
  async function matches(from: Database | Tx, deviceId: string, apiKey: string): Promise<boolean> {
    const row = await from
      .selectFrom("device")
      .select(["api_key_hash", "expires_at"])
      .where("id", "=", deviceId)
      .executeTakeFirst();
    if (!row || !sameHash(row.api_key_hash, sha256(apiKey))) return false;
    return row.expires_at === null || row.expires_at > world.clock.now();
  }

  return {
    verify: (deviceId: string, apiKey: string): Promise<boolean> => matches(database, deviceId, apiKey),

    /** The check at `connect`; the first success proves that the exchange's answer arrived. */
    connect: (deviceId: string, apiKey: string): Promise<boolean> =>
      command(async (tx) => {
        if (!(await matches(tx, deviceId, apiKey))) return false;
        await replay.forget(tx, { deviceId });
        return true;
      }),

    /** Oldest first. */
    list: async (orgId: string, { limit, offset }: Range): Promise<Page<StoredDevice>> => {
      const all = database.selectFrom("device").where("org_id", "=", orgId);
      const rows = await all.selectAll().orderBy("created_at").orderBy("id").limit(limit).offset(offset).execute();
      const { total } = await all.select(({ fn }) => fn.countAll<number>().as("total")).executeTakeFirstOrThrow();
      return { items: rows.map(storedDevice), total };
    },

    find: async (orgId: string, deviceId: string): Promise<StoredDevice | undefined> => {
      const row = await database
        .selectFrom("device")
        .selectAll()
        .where("org_id", "=", orgId)
        .where("id", "=", deviceId)
        .executeTakeFirst();
      return row && storedDevice(row);
    },

    delete: (deviceId: string, { orgId, address }: Decider): Promise<boolean> =>
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
