// A lease ends by age alone: the use comes back although its credential has been used.
import type { Tx } from "../../../../src/control-plane/store/schema.js";
import type * as leases from "../../../../src/control-plane/store/site-leases.js";
import { type Mutant, replaced } from "./mutant.js";

async function reclaimByAge(tx: Tx, now: number, keyId: string): Promise<number> {
  const key = tx.selectFrom("provisioning_key").where("id", "=", keyId);
  const { reclaim_after } = await key.select("reclaim_after").executeTakeFirstOrThrow();
  const sites = await tx
    .deleteFrom("site")
    .where("provisioning_key_id", "=", keyId)
    .where("created_at", "<=", now - (reclaim_after ?? now))
    .returning("id")
    .execute();
  await tx
    .updateTable("provisioning_key")
    .set(({ eb }) => ({ used: eb("used", "-", sites.length) }))
    .where("id", "=", keyId)
    .execute();
  return sites.length;
}

export const usedCredentialRefunded: Mutant = {
  name: "a refund of a used credential",
  breaks: /^no ghosts: .* has enrolled and the server does not know it/,
  modules: [
    replaced<typeof leases>("src/control-plane/store/site-leases.ts", (real) => ({
      ...real,
      reclaimSites: reclaimByAge,
    })),
  ],
};
