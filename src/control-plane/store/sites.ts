import type { z } from "zod";
import type { SiteCreate, SiteStatus, SiteUpdate } from "../../protocol/integration/schema.js";
import { newSiteCredentials } from "../../provisioning/credentials.js";
import { peppered } from "../../provisioning/secret.js";
import { type ApprovedSite, approve } from "./approval.js";
import { audit } from "./audit.js";
import type { Decider, OrgDecider, Page, Range, StoreBase } from "./base.js";
import type { BlueprintStore } from "./blueprint/blueprints.js";
import { type RemovedSites, removingSites } from "./removed-sites.js";
import { renameInResources } from "./resource/renamed-site.js";
import type { Database, Tx } from "./schema.js";
import { renewSiteLease } from "./site-leases.js";
import { insertSite } from "./site-names.js";
import {
  fullSites,
  inOrder,
  isAll,
  matchingSites,
  type SiteOrder,
  type SiteWish,
  type StoredSite,
  storedSite,
} from "./site-rows.js";
import { statement } from "./statement.js";

export type { SiteWish, StoredSite } from "./site-rows.js";

/** What a site proves who it is with. */
export interface SiteSecret {
  readonly newtId: string;
  readonly secret: string;
}

const setSeen = statement((on, hole) =>
  on
    .updateTable("site")
    .set({ last_seen_at: hole<number>("at"), last_address: hole<string>("address") })
    .where("id", "=", hole<number>("siteId")),
);

type By = { readonly siteId: number } | { readonly niceId: string };

/** Sites. Every question and command stays within one organisation, but for who may reach them all. */
export function siteStore({ world, database, command, pepper }: StoreBase, blueprints: BlueprintStore) {
  /** Undefined: there is none. */
  function remove(
    siteId: number,
    { orgId, address }: Decider,
    action: "reject" | "delete",
    statuses: SiteStatus[],
  ): Promise<RemovedSites | "other status" | undefined> {
    return command(async (tx) => {
      const site = await findSite(tx, orgId, { siteId });
      if (!site) return undefined;
      if (!statuses.includes(site.status)) return "other status";
      const { changes } = await removingSites(tx, [siteId], () =>
        tx.deleteFrom("site").where("id", "=", siteId).execute(),
      );
      await note(tx, action, site, address, "removed");
      return { newtIds: [site.newtId], configs: changes };
    });
  }

  function note(
    tx: Tx,
    action: "create" | "update" | "reject" | "rekey" | "delete",
    { orgId, niceId }: StoredSite,
    address: string,
    result: string,
  ): Promise<void> {
    return audit(tx, { at: world.clock.now(), action, orgId, target: niceId, address, result });
  }

  return {
    list: async (
      orgId: string,
      wish: SiteWish,
      order: SiteOrder,
      { limit, offset }: Range,
    ): Promise<Page<StoredSite>> => {
      const sites = matchingSites(database, orgId, wish);
      const ids = sites.select("site.id").orderBy(inOrder(order)).limit(limit).offset(offset);
      const rows = await fullSites(database).where("site.id", "in", ids).orderBy(inOrder(order)).execute();
      const count = isAll(wish)
        ? database.selectFrom("org").select("sites as total").where("id", "=", orgId)
        : sites.select(({ fn }) => fn.countAll<number>().as("total"));
      const { total = 0 } = (await count.executeTakeFirst()) ?? {};
      return { items: rows.map(storedSite), total };
    },

    /** `reach`: the only organisation that is looked in. */
    find: (reach: string | undefined, by: By): Promise<StoredSite | undefined> => findSite(database, reach, by),

    /**
     * Makes an approved site whose credentials are known before it is. `taken`: there is a newt of that id somewhere;
     * `full`: the organisation has as many sites as it may.
     */
    create: (
      { orgId, address }: OrgDecider,
      { name, newtId, secret }: z.output<typeof SiteCreate>,
    ): Promise<{ readonly site: StoredSite; readonly secret: string } | "taken" | "full"> =>
      command(async (tx) => {
        const made = newSiteCredentials(world.random);
        const credentials = { newtId: newtId ?? made.newtId, secret: secret ?? made.secret };
        const known = tx.selectFrom("newt").select("id").where("id", "=", credentials.newtId);
        if (await known.executeTakeFirst()) return "taken";
        if (await isFull(tx, orgId)) return "full";
        const { id } = await insertSite(tx, world.random, {
          orgId,
          name,
          status: "approved",
          keyId: null,
          labels: "[]",
          address: null,
          approvedBy: null,
          now: world.clock.now(),
        });
        const secret_hash = peppered(pepper, credentials.secret);
        await tx.insertInto("newt").values({ id: credentials.newtId, site_id: id, secret_hash }).execute();
        const site = storedSite(await fullSites(tx).where("site.id", "=", id).executeTakeFirstOrThrow());
        await note(tx, "create", site, address, "created");
        return { site, secret: credentials.secret };
      }),

    /** What is absent stays; `taken`: another site of the organisation has the niceId. */
    rename: (
      siteId: number,
      { orgId: reach, address }: Decider,
      { name, niceId }: z.output<typeof SiteUpdate>,
    ): Promise<StoredSite | "taken" | undefined> =>
      command(async (tx) => {
        const site = await findSite(tx, reach, { siteId });
        if (!site) return undefined;
        const holder = niceId === undefined ? undefined : await findSite(tx, site.orgId, { niceId });
        if (holder && holder.siteId !== siteId) return "taken";
        await tx
          .updateTable("site")
          .set({ name: name ?? site.name, nice_id: niceId ?? site.niceId })
          .where("id", "=", siteId)
          .execute();
        if (niceId !== undefined && niceId !== site.niceId) await renameInResources(tx, siteId, site.niceId, niceId);
        await note(tx, "update", site, address, "renamed");
        return findSite(tx, reach, { siteId });
      }),

    /** A new secret for a site; the old one, its tokens and an answer that may be asked for again end at once. */
    rekey: (siteId: number, { orgId, address }: Decider): Promise<SiteSecret | undefined> =>
      command(async (tx) => {
        const site = await findSite(tx, orgId, { siteId });
        if (!site) return undefined;
        const { newtId } = site;
        const { secret } = newSiteCredentials(world.random);
        const secret_hash = peppered(pepper, secret);
        await tx.updateTable("newt").set({ secret_hash }).where("id", "=", newtId).execute();
        await tx.deleteFrom("session").where("newt_id", "=", newtId).execute();
        await tx.deleteFrom("replay").where("newt_id", "=", newtId).execute();
        await renewSiteLease(tx, newtId, world.clock.now());
        await note(tx, "rekey", site, address, "rekeyed");
        return { newtId, secret };
      }),

    /** Approves a site and applies what it has parked; `already`: it was approved before. */
    approve: (siteId: number, { orgId, address }: Decider): Promise<ApprovedSite | "already" | undefined> =>
      command(async (tx) => {
        const site = await findSite(tx, orgId, { siteId });
        if (!site) return undefined;
        const [approved] =
          site.status === "pending" ? await approve(tx, blueprints, [site], { at: world.clock.now(), address }) : [];
        return approved ?? "already";
      }),

    /** Removes a pending site with its credentials and sessions; `other status`: it is not pending. */
    reject: (siteId: number, decider: Decider) => remove(siteId, decider, "reject", ["pending"]),

    /** Removes a site with its credentials, sessions and resources. */
    delete: (siteId: number, decider: Decider) => remove(siteId, decider, "delete", ["pending", "approved"]),

    /** Remembers when and where a site was last heard from, for the time after its channel. */
    seen: (siteId: number, at: number, address: string): Promise<void> =>
      command(async (tx) => {
        await setSeen(tx, { siteId, at, address });
      }),

    /** Remembers the version that a site's newt reports. */
    reportVersion: (siteId: number, version: string): Promise<void> =>
      command(async (tx) => {
        await tx.updateTable("site").set({ newt_version: version }).where("id", "=", siteId).execute();
      }),
  };
}

async function findSite(from: Database | Tx, orgId: string | undefined, by: By): Promise<StoredSite | undefined> {
  const all = fullSites(from);
  const one = "siteId" in by ? all.where("site.id", "=", by.siteId) : all.where("site.nice_id", "=", by.niceId);
  const row = await (orgId === undefined ? one : one.where("site.org_id", "=", orgId)).executeTakeFirst();
  return row && storedSite(row);
}

async function isFull(tx: Tx, orgId: string): Promise<boolean> {
  const org = await tx
    .selectFrom("org")
    .select("id")
    .where("id", "=", orgId)
    .where(({ eb, ref }) => eb("sites", ">=", ref("max_sites")))
    .executeTakeFirst();
  return org !== undefined;
}
