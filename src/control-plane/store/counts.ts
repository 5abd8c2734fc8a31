import { sql } from "kysely";
import type { SiteStatus } from "../../protocol/integration/schema.js";
import type { StoreBase } from "./base.js";

/** How much the control plane holds. */
export interface Counts {
  readonly keys: number;
  readonly sites: number;
  readonly pendingSites: number;
  readonly devices: number;
  readonly openAlerts: number;
  readonly waitingDeliveries: number;
}

/** Answers only if the database does. */
export function countStore({ database }: StoreBase) {
  /** As a literal, so that the index of what is pending can serve. */
  const pending = sql.lit<SiteStatus>("pending");

  return async (): Promise<Counts> => {
    const counts = await database
      .selectNoFrom(({ selectFrom, fn }) => {
        const rows = fn.countAll<number>().as("rows");
        return [
          selectFrom("provisioning_key").select(rows).as("keys"),
          selectFrom("site").select(rows).as("sites"),
          selectFrom("site").select(rows).where("status", "=", pending).as("pendingSites"),
          selectFrom("device").select(rows).as("devices"),
          selectFrom("alert").select(rows).where("ended_at", "is", null).as("openAlerts"),
          selectFrom("delivery").select(rows).where("next_at", "is not", null).as("waitingDeliveries"),
        ];
      })
      .executeTakeFirstOrThrow();
    return {
      keys: counts.keys ?? 0,
      sites: counts.sites ?? 0,
      pendingSites: counts.pendingSites ?? 0,
      devices: counts.devices ?? 0,
      openAlerts: counts.openAlerts ?? 0,
      waitingDeliveries: counts.waitingDeliveries ?? 0,
    };
  };
}
