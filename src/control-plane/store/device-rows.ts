import { HardwareInfo, NetworkInfo } from "../../protocol/edgeflow/api.js";
import type { DeviceItem } from "../../protocol/integration/schema.js";
import { isoTime } from "../../world/clock.js";
import { shownLabels, timeOrNull } from "./base.js";
import type { DeviceRow } from "./schema.js";

/** How long before their end credentials count as expiring, milliseconds: time enough for a visit to each device. */
const warningTime = 30 * 86_400_000;

/** A device as the store knows it: whether it is online is known elsewhere. */
export type StoredDevice = Omit<DeviceItem, "online">;

/** How far credentials are from their end; `expiresAt` null: they have none. */
export function credentialState(expiresAt: number | null, now: number): "valid" | "expiring" | "expired" {
  if (expiresAt === null) return "valid";
  if (expiresAt <= now) return "expired";
  return expiresAt - now <= warningTime ? "expiring" : "valid";
}

export function storedDevice(row: DeviceRow, now: number): StoredDevice {
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
    credentials: row.revoked_at === null ? credentialState(row.expires_at, now) : "revoked",
    agentVersion: row.agent_version,
    lastAddress: row.last_address,
    ...shownLabels(row.labels),
  };
}
