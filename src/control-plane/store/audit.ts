import type { AuditItem } from "../../protocol/integration/schema.js";
import { KeyId } from "../../provisioning/credentials.js";
import { isoTime } from "../../world/clock.js";
import type { Page, Range, StoreBase } from "./base.js";
import type { AuditRow, Tx } from "./schema.js";
import { statement } from "./statement.js";

/** One decision of the control plane. Never a secret. */
export interface AuditEntry {
  readonly at: number;
  readonly action:
    | "exchange"
    | "provision"
    | "create"
    | "update"
    | "approve"
    | "reject"
    | "rekey"
    | "restart"
    | "revoke"
    | "command"
    | "reclaim"
    | "expire"
    | "end"
    | "test"
    | "delete";
  readonly orgId?: string | undefined;
  readonly keyId?: string | undefined;
  /** The site or device it is about. */
  readonly target?: string | undefined;
  /** Where the wish came from. */
  readonly address?: string | undefined;
  readonly result: string;
}

/** Which decisions; what is absent does not matter. */
export interface AuditWish {
  readonly keyId?: string | undefined;
  readonly target?: string | undefined;
}

const insert = statement((on, hole) =>
  on.insertInto("audit").values({
    at: hole<number>("at"),
    action: hole<string>("action"),
    org_id: hole<string | null>("orgId"),
    key_id: hole<string | null>("keyId"),
    target: hole<string | null>("target"),
    address: hole<string | null>("address"),
    result: hole<string>("result"),
  }),
);

/** Writes a decision in the transaction that makes it. */
export async function audit(tx: Tx, { at, action, orgId, keyId, target, address, result }: AuditEntry): Promise<void> {
  const [org, key, about, from] = [orgId ?? null, keyId ?? null, target ?? null, address ?? null];
  await insert(tx, { at, action, orgId: org, keyId: key, target: about, address: from, result });
}

/** The id of the last decision so far; 0: there is none. */
export async function lastAudit(tx: Tx): Promise<number> {
  const row = await tx.selectFrom("audit").select("id").orderBy("id", "desc").limit(1).executeTakeFirst();
  return row?.id ?? 0;
}

/** A claimed key id as it may be written down: only if it has an id's form, since people paste secrets anywhere. */
export function auditableKeyId(id: string): string | undefined {
  return KeyId.safeParse(id).success ? id : undefined;
}

function auditItem({ id, at, action, key_id, target, address, result }: AuditRow): AuditItem {
  return { auditId: id, at: isoTime(at), action, keyId: key_id, target, address, result };
}

/** What was decided. */
export function auditStore({ world, database, command }: StoreBase) {
  return {
    /** Writes down what changes nothing else that is stored. */
    note: (entry: Omit<AuditEntry, "at">): Promise<void> =>
      command((tx) => audit(tx, { ...entry, at: world.clock.now() })),

    /** Newest first. What was decided in an older organisation of the same id is no business of this one. */
    list: async (orgId: string, { keyId, target }: AuditWish, { limit, offset }: Range): Promise<Page<AuditItem>> => {
      let entries = database
        .selectFrom("audit")
        .where("org_id", "=", orgId)
        .where("id", ">", ({ selectFrom }) => selectFrom("org").select("audit_after").where("org.id", "=", orgId));
      if (keyId !== undefined) entries = entries.where("key_id", "=", keyId);
      if (target !== undefined) entries = entries.where("target", "=", target);
      const rows = await entries.selectAll().orderBy("id", "desc").limit(limit).offset(offset).execute();
      const { total } = await entries.select(({ fn }) => fn.countAll<number>().as("total")).executeTakeFirstOrThrow();
      return { items: rows.map(auditItem), total };
    },
  };
}
