import { sql } from "kysely";
import type { SiteStatus } from "../../protocol/integration/schema.js";
import type { StoreBase } from "./base.js";

/** How much the control plane holds. */
export interface Counts {
  readonly keys: number;
  readonly sites: number;
  readonly pendingSites: number;
  readonly devices: number;
}

/** Answers only if the database does. */
export function countStore({ database }: StoreBase) {
  /** As a literal, so that the index of what is pending can serve. */
  const pending = sql.lit<SiteStatus>("pending");

  return async (): Promise<Counts> => {
    const { keys, sites, pendingSites, devices } = await database
      .selectNoFrom(({ selectFrom, fn }) => {
        const rows = fn.countAll<number>().as("rows");
        return [
          selectFrom("provisioning_key").select(rows).as("keys"),
          selectFrom("site").select(rows).as("sites"),
          selectFrom("site").select(rows).where("status", "=", pending).as("pendingSites"),
          selectFrom("device").select(rows).as("devices"),
        ];
      })
      .executeTakeFirstOrThrow();
    return { keys: keys ?? 0, sites: sites ?? 0, pendingSites: pendingSites ?? 0, devices: devices ?? 0 };
  };
}
