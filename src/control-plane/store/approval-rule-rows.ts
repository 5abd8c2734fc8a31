import type { ApprovalRuleItem } from "../../protocol/integration/schema.js";
import { isoTime } from "../../world/clock.js";
import { timeOrNull } from "./base.js";
import { textsIfWhole } from "./json-list.js";
import { isWhole, roomOf } from "./rule-match.js";
import type { ApprovalRuleRow } from "./schema.js";

function stateOf(row: ApprovalRuleRow, now: number): ApprovalRuleItem["state"] {
  if (!isWhole(row)) return "damaged";
  if (row.expires_at !== null && row.expires_at <= now) return "expired";
  return roomOf(row, now) > 0 ? "active" : "full";
}

/** A rule as the API shows it. */
export function ruleItem(row: ApprovalRuleRow, now: number): ApprovalRuleItem {
  return {
    approvalRuleId: row.id,
    orgId: row.org_id,
    name: row.name,
    siteProvisioningKeyId: row.key_id,
    namePattern: row.name_pattern,
    label: row.label,
    sourceCidrs: textsIfWhole(row.source_cidrs) ?? [],
    maxSites: row.max_sites,
    sites: row.sites,
    expiresAt: timeOrNull(row.expires_at),
    createdAt: isoTime(row.created_at),
    state: stateOf(row, now),
  };
}
