// A use is checked in one statement and taken in another, with no transaction around the two.
import type * as exchanges from "../../../../src/control-plane/store/exchange.js";
import type { Tx } from "../../../../src/control-plane/store/schema.js";
import type * as uses from "../../../../src/control-plane/store/use.js";
import { type Mutant, replaced } from "./mutant.js";

async function takeUnasked(tx: Tx, id: string, now: number): Promise<boolean> {
  await tx
    .updateTable("provisioning_key")
    .set(({ eb }) => ({ used: eb("used", "+", 1), last_used_at: now }))
    .where("id", "=", id)
    .execute();
  return true;
}

function checkFirst({ exchangeStore }: typeof exchanges): typeof exchanges {
  return {
    exchangeStore: (base, replay) => {
      const exchange = exchangeStore(base, replay);
      return async (request) => {
        const keys = base.database.selectFrom("provisioning_key").where("id", "=", request.keyId);
        const key = await keys.select(["used", "max_usage"]).executeTakeFirst();
        const isUsedUp = key && key.used >= (key.max_usage ?? Number.POSITIVE_INFINITY);
        return isUsedUp ? { outcome: "used_up" } : exchange(request);
      };
    },
  };
}

export const useCheckedApart: Mutant = {
  name: "a use that is checked apart from its taking",
  breaks: /^keys are not over-used: .* was used \d+ times of \d+/,
  modules: [
    replaced<typeof uses>("src/control-plane/store/use.ts", () => ({ consumeUse: takeUnasked })),
    replaced<typeof exchanges>("src/control-plane/store/exchange.ts", checkFirst),
  ],
};
