import type { BlueprintItem } from "../../../protocol/integration/schema.js";
import type { BlueprintCheck } from "../../../provisioning/blueprint/index.js";
import type { Page, Range, StoreBase } from "../base.js";
import type { Applier } from "../resource/applier.js";
import { applyDocument, planDocument } from "../resource/apply.js";
import type { ApplyPlan } from "../resource/plan.js";
import type { Tx } from "../schema.js";
import { statement } from "../statement.js";
import type { ConfigChange } from "../target/site-config.js";
import { bounded, checkText } from "./contents.js";
import { forget, remember, type Sent } from "./history.js";
import { type BlueprintRecord, findRecord, listItems } from "./items.js";
import { applied, type BlueprintOutcome, confirmed, failed, invalid, waits, warningsOf } from "./outcome.js";
import { parkedOf, roomToPark } from "./parked.js";

/** The site that a blueprint comes from. */
export interface BlueprintOwner {
  readonly siteId: number;
  readonly orgId: string;
}

/** What would become of a document, or why nothing would. */
export type BlueprintForecast = Pick<ApplyPlan, "changes" | "roles" | "warnings"> | { readonly refused: string };

const tooManyWait = "Too many blueprints of this site wait until it is approved";

const selectSite = statement((on, hole) =>
  on.selectFrom("site").select(["status", "bootstrapped_at"]).where("id", "=", hole<number>("siteId")),
);

const setBootstrapped = statement((on, hole) =>
  on
    .updateTable("site")
    .set({ bootstrapped_at: hole<number>("at") })
    .where("id", "=", hole<number>("siteId")),
);

/** Blueprints: how they are applied, and what became of them. */
export function blueprintStore({ world, database, command, look }: StoreBase) {
  async function attempt(tx: Tx, sender: Applier, sent: Sent, check: BlueprintCheck): Promise<BlueprintOutcome> {
    if (!check.ok) return invalid(check.problems);
    const { source, once } = sent;
    const governs = once === undefined ? undefined : !once;
    const done = await applyDocument(world, tx, sender, check.blueprint, { source, governs });
    if ("refused" in done) return failed(done.refused);
    if (once && sender.siteId !== undefined)
      await setBootstrapped(tx, { siteId: sender.siteId, at: world.clock.now() });
    return applied(done, check);
  }

  async function attemptAndRemember(tx: Tx, sender: Applier, sent: Sent, check: BlueprintCheck) {
    const outcome = await attempt(tx, sender, sent, check);
    await remember(tx, world.random, sender, sent, outcome.kept, world.clock.now());
    return outcome;
  }

  /** Keeps a valid blueprint of a pending site until it is approved. */
  async function park(tx: Tx, owner: BlueprintOwner, sent: Sent, check: BlueprintCheck): Promise<BlueprintOutcome> {
    const room = await roomToPark(tx, owner.siteId, sent.contents, sent.once);
    if (room === "full") return { ...failed([]), message: tooManyWait };
    const outcome = waits(check);
    if (room === "room") await remember(tx, world.random, owner, sent, outcome.kept, world.clock.now());
    return outcome;
  }

  return {
    /**
     * Applies a site's blueprint (JSON text) whole or not at all; parks it while the site is pending. `once` true: a site
     * has one applied in its life, and later ones are confirmed and left; false: it governs what it names.
     */
    apply: (owner: BlueprintOwner, contents: string, once?: boolean): Promise<BlueprintOutcome> => {
      const check = checkText(contents);
      const sent: Sent = { source: "NEWT", contents, once };
      return command(async (tx) => {
        const [site] = (await selectSite(tx, { siteId: owner.siteId })).rows;
        if (!site) return failed(["the site does not exist any more"]);
        if (once && site.bootstrapped_at !== null) return confirmed();
        if (site.status === "pending" && check.ok) return park(tx, owner, sent, check);
        return attemptAndRemember(tx, owner, sent, check);
      });
    },

    /** Applies a document for an organisation, which reaches all of its sites. */
    applyForOrg: (orgId: string, sent: Omit<Sent, "once">): Promise<BlueprintOutcome> => {
      const check = checkText(sent.contents);
      return command((tx) => attemptAndRemember(tx, { orgId, siteId: undefined }, sent, check));
    },

    /** What `applyForOrg` would do now. */
    plan: async (orgId: string, contents: string): Promise<BlueprintForecast> => {
      const check = checkText(contents);
      if (!check.ok) return { refused: invalid(check.problems).message };
      const origin = { source: "API", governs: undefined } as const;
      // Nobody writes while somebody looks: all statements see one state.
      const plan = await look((tx) => planDocument(world, tx, { orgId, siteId: undefined }, check.blueprint, origin));
      if ("refused" in plan) return { refused: failed(plan.refused).message };
      return { ...plan, warnings: [...warningsOf(check), ...bounded(plan.warnings)] };
    },

    /** Applies what a site has parked, in the order it came. Returns what its newt has to be told, in this order. */
    release: async (tx: Tx, owner: BlueprintOwner): Promise<readonly ConfigChange[]> => {
      const configs: ConfigChange[] = [];
      for (const { id, contents, once } of await parkedOf(tx, owner.siteId)) {
        const outcome = await attempt(tx, owner, { source: "NEWT", contents, once }, checkText(contents));
        const { as, message, warnings } = outcome.kept;
        const ended = { parked: 0, succeeded: as === "succeeded" ? 1 : 0, message, warnings: JSON.stringify(warnings) };
        await tx.updateTable("blueprint").set(ended).where("id", "=", id).execute();
        await forget(tx, owner, as);
        configs.push(...outcome.configs);
      }
      return configs;
    },

    /** Newest first. */
    list: (orgId: string, range: Range): Promise<Page<BlueprintItem>> => listItems(database, orgId, range),

    find: (orgId: string, id: number): Promise<BlueprintRecord | undefined> => findRecord(database, orgId, id),
  };
}

export type BlueprintStore = ReturnType<typeof blueprintStore>;
