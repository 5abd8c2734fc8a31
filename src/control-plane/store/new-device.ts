import { sql } from "kysely";
import type { HardwareInfo, NetworkInfo } from "../../protocol/edgeflow/api.js";
import { type DeviceCredentials, newDeviceCredentials } from "../../provisioning/credentials.js";
import { sha256 } from "../../provisioning/secret.js";
import type { World } from "../../world/world.js";
import { audit } from "./audit.js";
import type { OrgDecider } from "./base.js";
import type { Tx } from "./schema.js";
import { statement } from "./statement.js";

/** A device to be. */
export interface NewDevice {
  readonly orgId: string;
  /** The device's id if absent. */
  readonly name: string | undefined;
  /** The batch of the code that it was exchanged for. */
  readonly batchId: string | null;
  readonly hardware: HardwareInfo;
  readonly network: NetworkInfo;
  /** JSON list. */
  readonly labels: string;
  /** Milliseconds; null: never. */
  readonly expiresAt: number | null;
  readonly now: number;
}

const device = statement((on, hole) =>
  on.insertInto("device").values({
    id: hole<string>("deviceId"),
    org_id: hole<string>("orgId"),
    name: hole<string>("name"),
    api_key_hash: hole<string>("apiKeyHash"),
    code_batch_id: hole<string | null>("batchId"),
    hardware: hole<string>("hardware"),
    network: hole<string>("network"),
    labels: hole<string>("labels"),
    expires_at: hole<number | null>("expiresAt"),
    created_at: hole<number>("now"),
  }),
);

const shadow = statement((on, hole) =>
  on.insertInto("shadow").values({
    device_id: hole<string>("deviceId"),
    version: 1,
    desired: "{}",
    reported: "{}",
    desired_times: "{}",
    reported_times: "{}",
    updated_at: hole<number>("now"),
  }),
);

/** Makes a device with its shadow; the only moment its API key is readable. */
export async function insertDevice(
  tx: Tx,
  { random }: World,
  wish: NewDevice,
  credentials: DeviceCredentials = newDeviceCredentials(random),
): Promise<DeviceCredentials> {
  const { deviceId, apiKey } = credentials;
  await device(tx, {
    ...wish,
    deviceId,
    name: wish.name || deviceId,
    apiKeyHash: sha256(apiKey),
    hardware: JSON.stringify(wish.hardware),
    network: JSON.stringify(wish.network),
  });
  await shadow(tx, { deviceId, now: wish.now });
  return credentials;
}

const deleteEnded = statement((on, hole) =>
  on
    .deleteFrom("device")
    .where("org_id", "=", hole<string>("orgId"))
    .where(sql<string>`lower(json_extract(network, '$.mac_address'))`, "=", hole<string>("mac"))
    .where(({ eb, or }) => or([eb("expires_at", "<=", hole<number>("now")), eb("revoked_at", "is not", null)]))
    .returning("id"),
);

/**
 * A device that is provisioned again after its credentials have ended is a new one; this removes what it was before, so
 * that one box is one item. Known by the MAC address that it tells, which anybody can tell: a device whose credentials
 * still hold is never touched, and the new one inherits nothing, the desired state of its shadow neither.
 */
export async function replaceEnded(
  tx: Tx,
  { orgId, address }: OrgDecider,
  { mac_address }: NetworkInfo,
  now: number,
): Promise<void> {
  if (!mac_address) return;
  const replaced = await deleteEnded(tx, { orgId, mac: mac_address.toLowerCase(), now });
  for (const { id } of replaced.rows) {
    await audit(tx, { at: now, action: "delete", orgId, target: id, address, result: "replaced" });
  }
}
