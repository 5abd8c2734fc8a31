import { openWithNonce, sealForNonce } from "../../provisioning/nonce.js";
import { peppered } from "../../provisioning/secret.js";
import type { StoreBase } from "./base.js";
import type { Tx } from "./schema.js";
import { statement } from "./statement.js";

/** Whose credential an answer holds. */
export type Holder = { readonly newtId: string } | { readonly deviceId: string };

const select = statement((on, hole) =>
  on
    .selectFrom("replay")
    .select("sealed")
    .where("subject_id", "=", hole<string>("subjectId"))
    .where("nonce_hash", "=", hole<string>("nonceHash")),
);

const insert = statement((on, hole) =>
  on.insertInto("replay").values({
    subject_id: hole<string>("subjectId"),
    nonce_hash: hole<string>("nonceHash"),
    newt_id: hole<string | null>("newtId"),
    device_id: hole<string | null>("deviceId"),
    sealed: hole<string>("sealed"),
    created_at: hole<number>("now"),
  }),
);

const forgetNewt = statement((on, hole) => on.deleteFrom("replay").where("newt_id", "=", hole<string>("newtId")));
const forgetDevice = statement((on, hole) => on.deleteFrom("replay").where("device_id", "=", hole<string>("deviceId")));

/**
 * Answers that may be asked for again: an exchange whose answer was lost is repeated with the same nonce and gets the
 * same credential, until that credential has authenticated for the first time.
 */
export function replayStore({ world, pepper }: StoreBase) {
  /** The nonce that was hashed last: an exchange looks for it and then keeps it. */
  let last = { nonce: "", hash: "" };

  function hashOf(nonce: string): string {
    if (nonce !== last.nonce) last = { nonce, hash: peppered(pepper, nonce) };
    return last.hash;
  }

  return {
    /** The answer kept for this nonce. `subjectId` is the key's id or the code's hash. */
    find: async (tx: Tx, subjectId: string, nonce: string): Promise<string | undefined> => {
      const { rows } = await select(tx, { subjectId, nonceHash: hashOf(nonce) });
      return rows[0] && openWithNonce(nonce, rows[0].sealed);
    },

    keep: async (tx: Tx, subjectId: string, nonce: string, holder: Holder, answer: string): Promise<void> => {
      await insert(tx, {
        subjectId,
        nonceHash: hashOf(nonce),
        newtId: null,
        deviceId: null,
        ...holder,
        sealed: sealForNonce(nonce, world.random.bytes(12), answer),
        now: world.clock.now(),
      });
    },

    /** The credential has authenticated: its answer is never given again. */
    forget: async (tx: Tx, holder: Holder): Promise<void> => {
      await ("newtId" in holder ? forgetNewt(tx, holder) : forgetDevice(tx, holder));
    },
  };
}

export type ReplayStore = ReturnType<typeof replayStore>;
