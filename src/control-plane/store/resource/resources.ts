import { sql } from "kysely";
import type { z } from "zod";
import {
  kindTitles,
  type ResourceCreate,
  type ResourceDetail,
  type ResourceDocument,
  type ResourceItem,
} from "../../../protocol/integration/schema.js";
import { maskSecrets, unmask } from "../../../provisioning/blueprint/index.js";
import { mergePatch } from "../../../provisioning/merge-patch.js";
import { audit } from "../audit.js";
import type { OrgDecider, Page, Range, StoreBase } from "../base.js";
import { bounded, findingText } from "../blueprint/contents.js";
import type { Tx } from "../schema.js";
import { shownTargets, targetItem } from "../target/targets.js";
import { applyDocument, type Consequences, type Refused, removeResource } from "./apply.js";
import type { ResourceName } from "./mentions.js";
import { matchingResources, type ResourceWish, resourceItem, shownResources } from "./rows.js";
import { checkOne, storedDocument } from "./stored.js";

/** A resource as it is now, and what follows from that. */
export interface ChangedResource extends Consequences {
  readonly resource: ResourceDetail;
}

const inOrder = sql`resource.kind, resource.nice_id`;

/** How edits come. */
const origin = { source: "API", governs: undefined } as const;

/** Policies and resources of an organisation, one by one. What a document says is decided as for blueprints. */
export function resourceStore({ world, database, command, look }: StoreBase) {
  /** Makes a resource what a document says, which is what anybody wrote. */
  async function put(
    tx: Tx,
    decider: OrgDecider,
    name: ResourceName,
    document: unknown,
    action: "create" | "update",
  ): Promise<ChangedResource | Refused> {
    const { orgId } = decider;
    const check = checkOne(name.kind, name.niceId, document);
    if (!check.ok) return { refused: bounded(check.problems.map(findingText)) };
    const applied = await applyDocument(world, tx, { orgId, siteId: undefined }, check.blueprint, origin);
    if ("refused" in applied) return { refused: bounded(applied.refused) };
    const { configs, governors, changed } = applied;
    if (changed) await note(tx, decider, action, name);
    const resource = await readDetail(tx, orgId, name);
    if (!resource) throw new Error("a resource that was put is not there");
    const warnings = bounded([...check.warnings.map(findingText), ...applied.warnings]);
    return { resource: { ...resource, warnings }, configs, governors };
  }

  function note(
    tx: Tx,
    { orgId, address }: OrgDecider,
    action: "create" | "update" | "delete",
    { kind, niceId }: ResourceName,
  ): Promise<void> {
    const target = `${kindTitles[kind]} ${niceId}`;
    return audit(tx, { at: world.clock.now(), action, orgId, target, address, result: `${action}d ${target}` });
  }

  return {
    /** By kind and niceId. */
    list: async (orgId: string, wish: ResourceWish, { limit, offset }: Range): Promise<Page<ResourceItem>> => {
      const resources = matchingResources(database, orgId, wish);
      const ids = resources.select("resource.id").orderBy(inOrder).limit(limit).offset(offset);
      const rows = await shownResources(database).where("resource.id", "in", ids).orderBy(inOrder).execute();
      const counted = resources.select(({ fn }) => fn.countAll<number>().as("total"));
      const { total } = await counted.executeTakeFirstOrThrow();
      return { items: rows.map(resourceItem), total };
    },

    find: (orgId: string, name: ResourceName): Promise<ResourceDetail | undefined> =>
      look((tx) => readDetail(tx, orgId, name)),

    /** `taken`: there is one of that kind and niceId. */
    create: (
      decider: OrgDecider,
      { document, ...name }: z.output<typeof ResourceCreate>,
    ): Promise<ChangedResource | Refused | "taken"> =>
      command(async (tx) => {
        if ((await readDocument(tx, decider.orgId, name)) !== undefined) return "taken";
        return put(tx, decider, name, document, "create");
      }),

    /** By a merge patch for its document. Masked secrets stay what they are. Undefined: there is no such resource. */
    edit: (
      decider: OrgDecider,
      name: ResourceName,
      patch: ResourceDocument,
    ): Promise<ChangedResource | Refused | undefined> =>
      command(async (tx) => {
        const before = await readDocument(tx, decider.orgId, name);
        if (before === undefined) return undefined;
        const edited = mergePatch(before, unmask(name.kind, patch, before));
        return put(tx, decider, name, edited, "update");
      }),

    /** With its targets. Undefined: there is none. */
    delete: (decider: OrgDecider, name: ResourceName): Promise<Consequences | Refused | undefined> =>
      command(async (tx) => {
        const removed = await removeResource(tx, decider.orgId, name.kind, name.niceId);
        if (removed && !("refused" in removed)) await note(tx, decider, "delete", name);
        return removed;
      }),
  };
}

/** The document that a resource has, in normal form; undefined: there is no such resource. */
async function readDocument(from: Tx, orgId: string, { kind, niceId }: ResourceName): Promise<object | undefined> {
  const row = await from
    .selectFrom("resource")
    .select("document")
    .where("org_id", "=", orgId)
    .where("kind", "=", kind)
    .where("nice_id", "=", niceId)
    .executeTakeFirst();
  return row && storedDocument(kind, niceId, row.document);
}

async function readDetail(from: Tx, orgId: string, name: ResourceName): Promise<ResourceDetail | undefined> {
  const row = await shownResources(from)
    .where("resource.org_id", "=", orgId)
    .where("resource.kind", "=", name.kind)
    .where("resource.nice_id", "=", name.niceId)
    .executeTakeFirst();
  if (!row) return undefined;
  const targets = await shownTargets(from)
    .where("target.resource_id", "=", row.id)
    .orderBy("target.position")
    .execute();
  const document = (await readDocument(from, orgId, name)) ?? {};
  return {
    ...resourceItem(row),
    document: { ...maskSecrets(name.kind, document) },
    targets: targets.map((target) => ({ ...targetItem(target), site: target.site })),
  };
}
