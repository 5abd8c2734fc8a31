import { KeyId } from "../../provisioning/credentials.js";
import type { Tx } from "./schema.js";
import { statement } from "./statement.js";

/** One decision of the control plane. Never a secret. */
export interface AuditEntry {
  readonly at: number;
  readonly action: "exchange" | "provision" | "approve" | "reject" | "delete";
  readonly orgId?: string | undefined;
  readonly keyId?: string | undefined;
  /** The site or device it is about. */
  readonly target?: string | undefined;
  /** Where the wish came from. */
  readonly address?: string | undefined;
  readonly result: string;
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

/** A claimed key id as it may be written down: only if it has an id's form, since people paste secrets anywhere. */
export function auditableKeyId(id: string): string | undefined {
  return KeyId.safeParse(id).success ? id : undefined;
}
