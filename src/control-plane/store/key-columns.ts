import type { KeyItem, KeyUpdate } from "../../protocol/integration/schema.js";
import { usageState } from "../../provisioning/usage.js";
import { isoTime } from "../../world/clock.js";
import { millisecondsOrNull, shownLabels, timeOrNull } from "./base.js";
import { textsOrNone } from "./json-list.js";
import type { ProvisioningKeyRow } from "./schema.js";

/** The API has seconds, the database milliseconds. */
const second = 1_000;

/** A key as the API shows it; what is unset of ours is left out. */
export function keyItem(row: ProvisioningKeyRow, now: number): KeyItem {
  const { max_usage: maxUsage, used, expires_at: expiresAt, revoked_at: revokedAt } = row;
  const sourceCidrs = textsOrNone(row.source_cidrs);
  return {
    siteProvisioningKeyId: row.id,
    orgId: row.org_id,
    name: row.name,
    lastChars: row.last_chars,
    createdAt: isoTime(row.created_at),
    lastUsed: timeOrNull(row.last_used_at),
    maxBatchSize: maxUsage,
    numUsed: used,
    validUntil: timeOrNull(expiresAt),
    approveNewSites: row.approve_new_sites === 1,
    state: usageState({ maxUsage, used, expiresAt, revokedAt }, now),
    ...(row.reclaim_after !== null && { reclaimAfter: row.reclaim_after / second }),
    ...(row.site_ttl_offline !== null && { siteTtlOffline: row.site_ttl_offline / second }),
    ...(sourceCidrs && { sourceCidrs }),
    ...(row.name_pattern !== null && { namePattern: row.name_pattern }),
    ...shownLabels(row.labels),
  };
}

type Limits = Pick<
  KeyUpdate,
  "validUntil" | "reclaimAfter" | "siteTtlOffline" | "sourceCidrs" | "namePattern" | "labels"
>;

/** The columns that hold limits; those of absent ones are not among them. */
export function limitColumns({ validUntil, reclaimAfter, siteTtlOffline, sourceCidrs, namePattern, labels }: Limits) {
  return {
    ...(validUntil !== undefined && { expires_at: millisecondsOrNull(validUntil) }),
    ...(reclaimAfter !== undefined && { reclaim_after: millisecondsOf(reclaimAfter) }),
    ...(siteTtlOffline !== undefined && { site_ttl_offline: millisecondsOf(siteTtlOffline) }),
    ...(sourceCidrs !== undefined && { source_cidrs: JSON.stringify(sourceCidrs) }),
    ...(namePattern !== undefined && { name_pattern: namePattern }),
    ...(labels !== undefined && { labels: JSON.stringify(labels) }),
  };
}

/** Milliseconds of seconds; null and absent mean never. */
export function millisecondsOf(seconds: number | null | undefined): number | null {
  return seconds === null || seconds === undefined ? null : seconds * second;
}
