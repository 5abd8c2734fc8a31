import type { ResourceKind } from "../../../protocol/integration/schema.js";
import type { Blueprint } from "../../../provisioning/blueprint/index.js";
import type { World } from "../../../world/world.js";
import type { Tx } from "../schema.js";
import { type ConfigChange, changingConfigs } from "../target/site-config.js";
import type { Applier, Origin } from "./applier.js";
import { newtsOf, readLive } from "./live.js";
import { type ApplyPlan, planApply } from "./plan.js";
import { carryOut, deleteResource, findResource, policyUsers } from "./write.js";

/** Why a document cannot be had: nothing of it was done. */
export interface Refused {
  readonly refused: readonly string[];
}

/** What follows from a change, to be told after its commit. */
export interface Consequences {
  /** What newts are to do differently. */
  readonly configs: readonly ConfigChange[];
  /** Newts whose governing blueprint files were overruled: they are asked to send them again. */
  readonly governors: readonly string[];
}

/** What was done. */
export interface Applied extends Consequences {
  /** What was resolved otherwise than it was written, or has less effect than it may seem. */
  readonly warnings: readonly string[];
  /** Whether anything is different now. */
  readonly changed: boolean;
}

/** What an application of a document would do now, or why it cannot be had. */
export async function planDocument(
  world: World,
  tx: Tx,
  applier: Applier,
  blueprint: Blueprint,
  origin: Origin,
): Promise<ApplyPlan | Refused> {
  const live = await readLive(tx, applier, blueprint, origin);
  return planApply(blueprint, live, applier, { ...origin, at: world.clock.now(), random: world.random });
}

/** Makes an organisation's resources what a document says, as a whole or not at all (PROTOCOLS B12). */
export async function applyDocument(
  world: World,
  tx: Tx,
  applier: Applier,
  blueprint: Blueprint,
  origin: Origin,
): Promise<Applied | Refused> {
  const plan = await planDocument(world, tx, applier, blueprint, origin);
  if ("refused" in plan) return plan;
  const { changes } = await changingConfigs(tx, plan.sites, () => carryOut(tx, applier.orgId, plan, world.clock.now()));
  const governors = plan.overruled.length > 0 ? await newtsOf(tx, plan.overruled) : [];
  return { configs: changes, governors, warnings: plan.warnings, changed: plan.changes.length > 0 };
}

/** Deletes a resource with its targets; undefined: there is none. A policy that resources name stays. */
export async function removeResource(
  tx: Tx,
  orgId: string,
  kind: ResourceKind,
  niceId: string,
): Promise<Consequences | Refused | undefined> {
  const resource = await findResource(tx, { orgId, kind, niceId });
  if (!resource) return undefined;
  const users = kind === "policy" ? await policyUsers(tx, orgId, niceId) : [];
  if (users.length > 0) return { refused: [`The policy ${niceId} is used by ${users.join(", ")}`] };
  const { changes } = await changingConfigs(tx, resource.sites, () => deleteResource(tx, resource.id));
  const governors = resource.governedBy === null ? [] : await newtsOf(tx, [resource.governedBy]);
  return { configs: changes, governors };
}
