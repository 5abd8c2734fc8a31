import { openWithNonce, sealForNonce } from "../../provisioning/nonce.js";
import { peppered } from "../../provisioning/secret.js";
import type { StoreBase } from "./base.js";
import type { Tx } from "./schema.js";

/** Whose credential an answer holds. */
export type Holder = { readonly newtId: string } | { readonly deviceId: string };

/**
 * Answers that may be asked for again: an exchange whose answer was lost is repeated with the same nonce and gets the
 * same credential, until that credential has authenticated for the first time.
 */
export function replayStore({ world, pepper }: StoreBase) {
  return {
    /** The answer kept for this nonce. `subjectId` is the key's id or the code's hash. */
    find: async (tx: Tx, subjectId: string, nonce: string): Promise<string | undefined> => {
      const row = await tx
        .selectFrom("replay")
        .select("sealed")
        .where("subject_id", "=", subjectId)
        .where("nonce_hash", "=", peppered(pepper, nonce))
        .executeTakeFirst();
      return row && openWithNonce(nonce, row.sealed);
    },

    keep: async (tx: Tx, subjectId: string, nonce: string, holder: Holder, answer: string): Promise<void> => {
      await tx
        .insertInto("replay")
        .values({
          subject_id: subjectId,
          nonce_hash: peppered(pepper, nonce),
          newt_id: "newtId" in holder ? holder.newtId : null,
          device_id: "deviceId" in holder ? holder.deviceId : null,
          sealed: sealForNonce(nonce, world.random.bytes(12), answer),
          created_at: world.clock.now(),
        })
        .execute();
    },

    /** The credential has authenticated: its answer is never given again. */
    forget: async (tx: Tx, holder: Holder): Promise<void> => {
      const rows = tx.deleteFrom("replay");
      await ("newtId" in holder
        ? rows.where("newt_id", "=", holder.newtId)
        : rows.where("device_id", "=", holder.deviceId)
      ).execute();
    },
  };
}

export type ReplayStore = ReturnType<typeof replayStore>;
