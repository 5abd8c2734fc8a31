import type { Scenario } from "../scenario.js";

/**
 * A steady phase that is longer than all trouble by this much lets everything heal: the longest wait of a device that has
 * failed often, and a request that was under way. Milliseconds.
 */
export const healingMs = 400_000;

/** What a server promises however clumsy the devices are. */
const serverPromises: ReadonlySet<string> = new Set([
  "keys are not over-used",
  "no secret in logs",
  "surplus is refused",
  "approval reaches all",
]);

type Plan = Pick<Scenario, "populations" | "phases" | "faults">;

/**
 * What can be asked of a run. Not asked:
 *
 * - of stock sites in trouble: anything. Their habits cost uses, sites and identities.
 * - where disks were full: that all enrol, since a device that cannot write when it boots waits for a person.
 * - of a run in trouble: that surplus devices, which have 15 seconds, hear no in time.
 * - where trouble may go on to the end: that all are online then.
 */
export function thresholdsOf(plan: Plan): string[] {
  if (isRush(plan)) return isLease(plan) ? ["enrolled == 100%", "online == 100%"] : [];
  const { populations, phases, faults } = plan;
  const newts = populations.filter((population) => population.kind === "newt");
  const isCalm = faults.length === 0;
  const isHealed = isCalm || isPeaceful(plan);
  const everybody = faults.every(({ fault }) => fault !== "disk-full");
  const asked: readonly (readonly [string, boolean])[] = [
    ["enrolled == 100%", everybody],
    ["online == 100%", everybody && isHealed],
    ["restarted == 100%", everybody && phases.restart !== undefined],
    [
      "blueprints == 100%",
      everybody && newts.some(({ blueprint, governing }) => (blueprint ?? governing) !== undefined),
    ],
    ["approved == 100%", everybody && phases.approve && newts.some(({ key }) => key?.approveNewSites === false)],
    ["refused == 100%", isCalm && populations.some(({ surplus }) => surplus > 0)],
    ["answered == 100%", phases.steady?.healthCheck === true && populations.some(({ kind }) => kind === "edgeflow")],
    ["failures == 0", isCalm],
  ];
  return asked.flatMap(([threshold, does]) => (does ? [threshold] : []));
}

/** Whether a broken promise is nobody's fault but the scenario's. */
export function excuses(scenario: Scenario, promise: string, { detail }: { readonly detail: string }): boolean {
  if (isRush(scenario) && !isLease(scenario) && !serverPromises.has(promise)) return true;
  // Stock habits cost what they cost elsewhere; what a lease promises is that nothing is left over.
  if (isLease(scenario) && !serverPromises.has(promise) && promise !== "no ghosts") return true;
  // The operator asks when the run is over, which may be amid the trouble.
  return scenario.faults.length > 0 && !isPeaceful(scenario) && detail.startsWith("cannot be judged");
}

function isPeaceful({ phases }: Plan): boolean {
  return (phases.steady?.for ?? 0) >= healingMs;
}

function isLease({ populations }: Plan): boolean {
  return populations.some((population) => population.kind === "newt" && population.key?.reclaimAfter !== undefined);
}

function isRush({ populations, faults }: Plan): boolean {
  return faults.length > 0 && populations.some(({ persona }) => persona === "newt" || persona === "edgeflow-field");
}
