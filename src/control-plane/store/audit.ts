import { KeyId } from "../../provisioning/credentials.js";
import type { Tx } from "./schema.js";

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

/** Writes a decision in the transaction that makes it. */
export async function audit(tx: Tx, { at, action, orgId, keyId, target, address, result }: AuditEntry): Promise<void> {
  await tx
    .insertInto("audit")
    .values({
      at,
      action,
      org_id: orgId ?? null,
      key_id: keyId ?? null,
      target: target ?? null,
      address: address ?? null,
      result,
    })
    .execute();
}

/** A claimed key id as it may be written down: only if it has an id's form, since people paste secrets anywhere. */
export function auditableKeyId(id: string): string | undefined {
  return KeyId.safeParse(id).success ? id : undefined;
}
