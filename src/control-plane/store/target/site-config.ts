import { HealthCheck } from "../../../protocol/newt/health-check.js";
import type { StoreBase } from "../base.js";
import type { Tx } from "../schema.js";
import { statement } from "../statement.js";
import { type ConfigMessage, diffConfig, type SiteConfig, wholeConfig } from "./config-diff.js";
import { servedTargets } from "./targets.js";

/** What a site's newt has to be told of a change to what it is to do, once that is committed. */
export interface ConfigChange {
  readonly newtId: string;
  /** The number of the config after the change. */
  readonly version: number;
  /** In this order; a newt that has had all of them has that version. */
  readonly messages: readonly ConfigMessage[];
}

const selectTargets = statement((on, hole) =>
  servedTargets(on)
    .select([
      "target.id",
      "target.protocol",
      "target.host",
      "target.port",
      "target.internal_port as internalPort",
      "target.health_check as healthCheck",
    ])
    .where("target.site_id", "=", hole<number>("siteId"))
    .orderBy("target.id"),
);

const selectVersion = statement((on, hole) =>
  on.selectFrom("site").select("config_version as version").where("id", "=", hole<number>("siteId")),
);

const raiseVersion = statement((on, hole) =>
  on
    .updateTable("site")
    .set(({ eb }) => ({ config_version: eb("config_version", "+", 1) }))
    .where("id", "=", hole<number>("siteId"))
    .returning(({ selectFrom }) => [
      "config_version as version",
      selectFrom("newt").select("newt.id").whereRef("newt.site_id", "=", "site.id").as("newtId"),
    ]),
);

/** A damaged one is none, so that neither its site nor others that are let in with it suffer from it. */
function storedCheck(json: string | null): HealthCheck | null {
  try {
    return json === null ? null : HealthCheck.parse(JSON.parse(json));
  } catch {
    return null;
  }
}

async function readConfig(tx: Tx, siteId: number): Promise<SiteConfig> {
  const { rows } = await selectTargets(tx, { siteId });
  return {
    targets: rows.map(({ healthCheck, ...target }) => ({ ...target, healthCheck: storedCheck(healthCheck) })),
  };
}

/**
 * Runs work that may change what the newts of some sites are to do. Where it has, the site's number goes up by one in the
 * same transaction, and its newt is to be told after the commit.
 */
export async function changingConfigs<T>(
  tx: Tx,
  siteIds: readonly number[],
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly changes: readonly ConfigChange[] }> {
  const before: SiteConfig[] = [];
  for (const siteId of siteIds) before.push(await readConfig(tx, siteId));
  const value = await work();
  const changes: ConfigChange[] = [];
  for (const [index, siteId] of siteIds.entries()) {
    const messages = diffConfig(before[index] ?? { targets: [] }, await readConfig(tx, siteId));
    const [raised] = messages.length > 0 ? (await raiseVersion(tx, { siteId })).rows : [];
    if (raised?.newtId) changes.push({ newtId: raised.newtId, version: raised.version, messages });
  }
  return { value, changes };
}

/** What newts are to do. */
export function siteConfigStore({ look }: StoreBase) {
  return {
    /** All that a site's newt is to do, in messages, and the number of that; undefined: there is no such site. */
    whole: (siteId: number): Promise<Pick<ConfigChange, "version" | "messages"> | undefined> =>
      // Nobody writes while somebody looks: both statements see one state.
      look(async (tx) => {
        const [site] = (await selectVersion(tx, { siteId })).rows;
        return site && { version: site.version, messages: wholeConfig(await readConfig(tx, siteId)) };
      }),
  };
}
