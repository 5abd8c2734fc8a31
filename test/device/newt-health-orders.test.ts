import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hardened, newt } from "../../src/device/persona.js";
import type { HealthCheckTarget } from "../../src/protocol/newt/index.js";
import { check, type HealthStage, statuses, withChecks } from "./support/health.js";

/** What a server may order of checks, or wait. */
type Order =
  | { readonly kind: "add" | "replace"; readonly targets: readonly HealthCheckTarget[] }
  | { readonly kind: "remove"; readonly ids: readonly number[] }
  | { readonly kind: "enable" | "disable"; readonly id: number }
  | { readonly kind: "wait"; readonly ms: number };

const id = fc.integer({ min: 1, max: 6 });
const target = fc
  .record({ id, hcEnabled: fc.boolean(), hcPath: fc.constantFrom("/a", "/b"), hcInterval: fc.constantFrom(0, 1, 5) })
  .map(({ id, ...parts }) => check(id, parts));
const targets = fc.array(target, { maxLength: 6 });
const order: fc.Arbitrary<Order> = fc.oneof(
  fc.record({ kind: fc.constantFrom("add", "replace"), targets }),
  fc.record({ kind: fc.constant("remove"), ids: fc.array(id, { maxLength: 4 }) }),
  fc.record({ kind: fc.constantFrom("enable", "disable"), id }),
  fc.record({ kind: fc.constant("wait"), ms: fc.integer({ min: 1, max: 8_000 }) }),
);

/** Which checks there must be, and whether each is carried out. */
class Model {
  readonly enabled = new Map<number, boolean>();

  follow(order: Order): void {
    if (order.kind === "replace") this.enabled.clear();
    if ("targets" in order) for (const { id, hcEnabled } of order.targets) this.enabled.set(id, hcEnabled);
    if ("ids" in order) for (const id of order.ids) this.enabled.delete(id);
    if ("id" in order && this.enabled.has(order.id)) this.enabled.set(order.id, order.kind === "enable");
  }
}

async function carryOut({ checks, sleep }: HealthStage, order: Order): Promise<void> {
  if (order.kind === "wait") await sleep(order.ms);
  else if ("targets" in order) checks[order.kind](order.targets);
  else if ("ids" in order) checks.remove(order.ids);
  else checks[order.kind](order.id);
}

function enabledOf({ checks }: HealthStage): Record<string, boolean> {
  const { targets } = checks.status();
  return Object.fromEntries(Object.entries(targets).map(([id, { config }]) => [id, config.hcEnabled]));
}

describe.each([hardened, newt])("orders about health checks, to $name", (persona) => {
  it("leave exactly the checks that there should be, in any sequence", async () => {
    const sequence = fc.array(order, { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(sequence, fc.integer({ min: 0, max: 3_000 }), async (orders, tookMs) => {
        await withChecks(async (stage) => {
          const { prober, reports, timers, sleep, checks } = stage;
          prober.tookMs = tookMs;
          const model = new Model();
          for (const order of orders) {
            await carryOut(stage, order);
            model.follow(order);
            expect(enabledOf(stage)).toEqual(Object.fromEntries(model.enabled));
          }
          prober.tookMs = 0;
          await sleep(15_000);
          const expected = [...model.enabled].map(([id, enabled]) => [id, enabled ? "healthy" : "unknown"]);
          expect(statuses(checks)).toEqual(Object.fromEntries(expected));
          const well = expected.filter(([, status]) => status === "healthy");
          if (well.length > 0) expect(reports.at(-1)?.found).toMatchObject(Object.fromEntries(well));
          expect(timers.made).toBeLessThanOrEqual(1);
          expect(timers.isSet).toBe([...model.enabled.values()].includes(true));
          checks.stop();
          expect(timers.isSet).toBe(false);
        }, persona);
      }),
      { numRuns: 150 },
    );
  });

  it("have what has not changed go on, or begin anew", async () => {
    await fc.assert(
      fc.asyncProperty(targets, async (targets) => {
        const kept = await withChecks(async ({ checks, sleep }) => {
          checks.replace(targets);
          await sleep(3_000);
          const before = checks.status();
          checks.replace(targets);
          return JSON.stringify(checks.status()) === JSON.stringify(before);
        }, persona);
        const lastOfEach = new Map(targets.map((target) => [target.id, target]));
        const isSame = targets.every((target) => lastOfEach.get(target.id) === target);
        const isLookedAt = [...lastOfEach.values()].some(({ hcEnabled }) => hcEnabled);
        if (isSame) expect(kept).toBe(persona === hardened || !isLookedAt);
      }),
      { numRuns: 100 },
    );
  });
});
