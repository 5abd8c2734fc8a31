import type { Generated, Kysely, Selectable } from "kysely";
import type {
  AlertKind,
  BlueprintSource,
  ResourceKind,
  SiteStatus,
  TargetHealth,
} from "../../protocol/integration/schema.js";

/** The tables as statements see them; `migrations.ts` makes them. */
export interface Schema {
  org: OrgTable;
  api_key: ApiKeyTable;
  provisioning_key: ProvisioningKeyTable;
  code_batch: CodeBatchTable;
  code: CodeTable;
  site: SiteTable;
  newt: NewtTable;
  session: SessionTable;
  device: DeviceTable;
  shadow: ShadowTable;
  replay: ReplayTable;
  blueprint: BlueprintTable;
  resource: ResourceTable;
  resource_site: ResourceSiteTable;
  target: TargetTable;
  role: RoleTable;
  org_user: OrgUserTable;
  domain: DomainTable;
  approval_rule: ApprovalRuleTable;
  alert: AlertTable;
  webhook: WebhookTable;
  delivery: DeliveryTable;
  audit: AuditTable;
}

export type Database = Kysely<Schema>;
/** The database within a command: what it does is one transaction. */
export type Tx = Kysely<Schema>;

interface OrgTable {
  id: string;
  created_at: number;
  name: string | null;
  max_sites: number | null;
  /** How many sites it has; triggers count. */
  sites: Generated<number>;
  /** The last audit row before it: those until there are of an older organisation of the same id. */
  audit_after: Generated<number>;
}
export type OrgRow = Selectable<OrgTable>;

/** `org_id` null: every organisation. `scopes` is a JSON list. */
interface ApiKeyTable {
  id: string;
  org_id: string | null;
  name: string;
  secret_hash: string;
  last_chars: string;
  scopes: string;
  created_at: number;
}
export type ApiKeyRow = Selectable<ApiKeyTable>;

interface ProvisioningKeyTable {
  id: string;
  org_id: string;
  name: string;
  secret_hash: string;
  last_chars: string;
  max_usage: number | null;
  used: Generated<number>;
  expires_at: number | null;
  approve_new_sites: number;
  created_at: number;
  last_used_at: number | null;
  revoked_at: number | null;
  /** Milliseconds, as `site_ttl_offline`. */
  reclaim_after: number | null;
  site_ttl_offline: number | null;
  /** JSON lists, as `labels`. */
  source_cidrs: Generated<string>;
  name_pattern: string | null;
  labels: Generated<string>;
}
export type ProvisioningKeyRow = Selectable<ProvisioningKeyTable>;

interface CodeBatchTable {
  id: string;
  org_id: string;
  name: string;
  quantity: number;
  expires_at: number | null;
  created_at: number;
  revoked_at: number | null;
  reclaim_after: number | null;
  labels: Generated<string>;
}
export type CodeBatchRow = Selectable<CodeBatchTable>;

interface CodeTable {
  hash: string;
  batch_id: string;
  used_at: number | null;
  device_id: string | null;
  revoked_at: number | null;
}

interface SiteTable {
  id: Generated<number>;
  org_id: string;
  nice_id: string;
  name: string;
  status: SiteStatus;
  provisioning_key_id: string | null;
  newt_version: string | null;
  created_at: number;
  last_seen_at: number | null;
  labels: Generated<string>;
  /** When its credential was used for the first time, or its key was deleted: from then on it is never reclaimed. */
  authenticated_at: number | null;
  /** Where the exchange came from. */
  source_address: string | null;
  /** Where its newt was last heard from. */
  last_address: string | null;
  /** Of what its newt is to do; goes up by one with each change. */
  config_version: Generated<number>;
  /** The rule that let it in. */
  approved_by: number | null;
  /** When its provisioning blueprint was applied: it is never applied again. */
  bootstrapped_at: Generated<number | null>;
}

interface NewtTable {
  id: string;
  site_id: number;
  secret_hash: string;
}

interface SessionTable {
  token_hash: string;
  newt_id: string;
  expires_at: number;
}

interface DeviceTable {
  id: string;
  org_id: string;
  name: string;
  api_key_hash: string;
  code_batch_id: string | null;
  hardware: string;
  network: string;
  expires_at: number | null;
  created_at: number;
  last_seen_at: number | null;
  labels: Generated<string>;
  authenticated_at: number | null;
  last_address: string | null;
  agent_version: string | null;
  revoked_at: number | null;
}
export type DeviceRow = Selectable<DeviceTable>;

interface ShadowTable {
  device_id: string;
  version: number;
  desired: string;
  reported: string;
  desired_times: string;
  reported_times: string;
  updated_at: number;
}
export type ShadowRow = Selectable<ShadowTable>;

/** `subject_id` is the id of the key or the hash of the code that was exchanged; exactly one of `newt_id` and `device_id` is set. */
interface ReplayTable {
  subject_id: string;
  nonce_hash: string;
  newt_id: string | null;
  device_id: string | null;
  sealed: string;
  created_at: number;
}

/** A document that was sent, with what became of it. Sent again with the same outcome it is counted in its row. */
interface BlueprintTable {
  id: Generated<number>;
  org_id: string;
  /** Null: the organisation's, through the API; or its site is gone. */
  site_id: number | null;
  name: string;
  source: BlueprintSource;
  contents: string;
  succeeded: number;
  parked: number;
  message: string;
  created_at: number;
  /** How often it was applied with this outcome, without another document of its sender in between. */
  applications: Generated<number>;
  /** Of the last of them; null: there was one, at `created_at`. */
  last_at: Generated<number | null>;
  /** Whether it is a provisioning blueprint, and whether it is one that its sender says governs. */
  once: Generated<number>;
  governs: Generated<number>;
  /** JSON list of texts. */
  warnings: Generated<string>;
}
export type BlueprintRow = Selectable<BlueprintTable>;

/** A policy, or a resource, which is reached by its niceId within its kind. `document` is JSON, whole and normalised. */
interface ResourceTable {
  id: Generated<number>;
  org_id: string;
  kind: ResourceKind;
  nice_id: string;
  /** The site whose blueprint made it, and which it goes with; null: the organisation's. */
  site_id: number | null;
  /** The site whose blueprint file it is put by again and again. */
  governed_by: number | null;
  /** When somebody else changed it after the governing blueprint, which will overwrite that; null: nobody did. */
  edited_at: number | null;
  source: BlueprintSource;
  document: string;
  /** Of its document, as the three that follow. */
  enabled: number;
  /** To be looked for, in small letters; null where it has none. */
  full_domain: string | null;
  alias: string | null;
  proxy_protocol: "tcp" | "udp" | null;
  proxy_port: number | null;
  updated_at: number;
}
export type ResourceRow = Selectable<ResourceTable>;

/** The sites that a private resource is reached through. */
interface ResourceSiteTable {
  resource_id: number;
  site_id: number;
}

/** `built_in`: every organisation has it. */
interface RoleTable {
  org_id: string;
  name: string;
  built_in: Generated<number>;
  created_at: number;
}

interface OrgUserTable {
  org_id: string;
  name: string;
  email: string | null;
  created_at: number;
}

/** A domain that is the organisation's, with all below it. */
interface DomainTable {
  org_id: string;
  name: string;
  created_at: number;
}

/** A place that a site's newt forwards to. `health_check` is a JSON object, or null where nothing is checked. */
interface TargetTable {
  id: Generated<number>;
  resource_id: number;
  site_id: number;
  /** Among the targets of its resource, from 0. */
  position: number;
  protocol: "tcp" | "udp";
  host: string;
  port: number;
  /** Where the newt listens. */
  internal_port: number;
  enabled: number;
  health_check: string | null;
  health: Generated<TargetHealth>;
  health_at: number | null;
}
export type TargetRow = Selectable<TargetTable>;

/** Which sites need nobody's decision; null: whichever. `source_cidrs` is a JSON list. */
interface ApprovalRuleTable {
  id: Generated<number>;
  org_id: string;
  name: string;
  key_id: string | null;
  name_pattern: string | null;
  label: string | null;
  source_cidrs: string;
  max_sites: number | null;
  /** How many sites it let in that are still there; triggers count. */
  sites: Generated<number>;
  expires_at: number | null;
  created_at: number;
}
export type ApprovalRuleRow = Selectable<ApprovalRuleTable>;

/** Open while `ended_at` is null; there is one open alert of a kind about a subject, and one whose condition lasts. */
interface AlertTable {
  id: Generated<number>;
  org_id: string;
  kind: AlertKind;
  subject: string;
  message: string;
  count: number;
  first_at: number;
  last_at: number;
  ended_at: number | null;
  /** Whether its condition still holds, which may outlast it: somebody may have closed it. Events have no condition. */
  held: Generated<number>;
}
export type AlertRow = Selectable<AlertTable>;

/**
 * `kinds` is a JSON list; empty: all. `ending`: nothing more is sent, and what waits is being ended, since the webhook was
 * deleted and is as good as gone, or since its receiver says that it is.
 */
interface WebhookTable {
  id: string;
  org_id: string;
  url: string;
  sealed_secret: string;
  kinds: string;
  created_at: number;
  ending: Generated<"deleted" | "gone" | null>;
}
export type WebhookRow = Selectable<WebhookTable>;

/** `next_at` is null once it is over: `outcome` says how. */
interface DeliveryTable {
  id: string;
  webhook_id: string;
  /** Null: a test. */
  alert_id: number | null;
  body: string;
  attempts: Generated<number>;
  created_at: number;
  next_at: number | null;
  done_at: number | null;
  /** What became of the last attempt. */
  outcome: string | null;
}
export type DeliveryRow = Selectable<DeliveryTable>;

interface AuditTable {
  id: Generated<number>;
  at: number;
  action: string;
  org_id: string | null;
  key_id: string | null;
  target: string | null;
  address: string | null;
  result: string;
}
export type AuditRow = Selectable<AuditTable>;
