import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { MemoryDatabase } from "../../src/control-plane/index.js";
import { createStore } from "../../src/control-plane/store/store.js";
import { ApprovalRuleCreate, KeyCreate } from "../../src/protocol/integration/schema.js";
import { splitKey } from "../../src/provisioning/credentials.js";
import { realWorld } from "../../src/world/real/index.js";
import { MovableClock, org } from "./plane.js";

const by = { orgId: org, address: "192.0.2.9" };
const pepper = Buffer.alloc(32, 7);
const lease = 60;
const names = ["edge-1", "edge-2", "core-1", undefined];

const which = fc.nat(99);
/** What may happen; numbers choose among what there is by then. */
const step = fc.oneof(
  { weight: 9, arbitrary: fc.record({ do: fc.constant("exchange"), which, name: which, nonce: which }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("make rule"), which, room: which, name: which }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("approve", "reject", "delete", "authenticate"), which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("delete rule", "delete key", "make key"), which }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("wait", "look again", "reclaim", "power loss"), which }) },
);
type Step = { readonly do: string; readonly which: number; room?: number; name?: number; nonce?: number };

const Sites = z.array(
  z.object({ id: z.number(), status: z.string(), approved_by: z.number().nullable(), newt: z.string() }),
);
const Rules = z.array(z.object({ id: z.number(), sites: z.number(), max_sites: z.number().nullable() }));

/** A store whose process loses its power now and then, and what its tables say. */
class Life {
  readonly memory = new MemoryDatabase();
  readonly clock = new MovableClock();
  #world = this.#boot();
  store = this.#open();
  readonly keys: string[] = [];
  readonly secrets = new Map<string, string>();

  #boot() {
    return { ...realWorld({ name: "store" }), clock: this.clock };
  }

  #open() {
    return createStore(this.#world, this.memory.connect(), pepper);
  }

  powerLoss(): void {
    this.#world.process.kill();
    this.#world = this.#boot();
    this.store = this.#open();
  }

  rows<T>(schema: z.ZodType<T>, sql: string): T {
    const connection = this.memory.connect();
    return schema.parse(connection.prepare(sql).all([]));
  }

  sites() {
    const sql = "select site.id, status, approved_by, newt.id as newt from site join newt on newt.site_id = site.id";
    return this.rows(Sites, sql);
  }

  rules() {
    return this.rows(Rules, "select id, sites, max_sites from approval_rule");
  }
}

function pick<T>(list: readonly T[], which = 0): T | undefined {
  return list[which % Math.max(1, list.length)];
}

async function act(life: Life, { do: what, which, room, name, nonce }: Step): Promise<void> {
  const { store, keys, secrets, clock } = life;
  const [key, site, rule] = [pick(keys, which), pick(life.sites(), which), pick(life.rules(), which)];
  const { id: keyId = "", secret: keySecret = "" } = splitKey(key ?? "") ?? {};
  if (what === "make key") {
    const limits = which % 2 ? { reclaimAfter: lease } : {};
    const wish = KeyCreate.parse({ name: "key", maxBatchSize: null, approveNewSites: which % 5 === 0, ...limits });
    const made = await store.keys.create(by, wish);
    if (made) keys.push(made.key);
  } else if (what === "exchange") {
    const applicant = { name: pick(names, name), address: "10.0.0.1" };
    const answer = await store.exchange({
      ...applicant,
      ...{ keyId, keySecret, quiet: false },
      nonce: nonce !== undefined && nonce % 2 ? String(nonce % 6).repeat(64) : undefined,
    });
    if ("credentials" in answer) secrets.set(answer.credentials.newtId, answer.credentials.secret);
  } else if (what === "make rule") {
    const terms = which % 2 && key ? { siteProvisioningKeyId: keyId } : { namePattern: pick(["edge-*", "*"], name) };
    const maxSites = room !== undefined && room % 3 ? 1 + (room % 4) : null;
    await store.approvalRules.create(by, ApprovalRuleCreate.parse({ name: "rule", ...terms, maxSites }), () => {});
  } else if (what === "delete rule" && rule) {
    await store.approvalRules.delete(rule.id, by);
  } else if (what === "delete key" && key) {
    keys.splice(keys.indexOf(key), 1);
    await store.keys.delete(keyId, by, which % 2 ? "delete" : "keep");
  } else if (what === "look again") {
    await store.approvalRules.admit(() => {});
  } else if (what === "reclaim") {
    await store.leases.reclaim();
  } else if (what === "wait") {
    clock.move((lease / 2) * 1_000);
  } else if (what === "power loss") {
    life.powerLoss();
  } else if (site && what === "authenticate") {
    await store.sessions.create(site.newt, secrets.get(site.newt) ?? "");
  } else if (site && (what === "approve" || what === "reject" || what === "delete")) {
    await store.sites[what](site.id, by);
  }
}

test("whatever happens, a rule knows how many of its sites there are, and never has more than it may", async () => {
  const seen = { full: 0, givenBack: 0 };
  const history = fc.array(step, { minLength: 10, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      const life = new Life();
      await life.store.orgs.create({ orgId: org }, by.address);
      for (const [index] of [1, 2].entries()) await act(life, { do: "make key", which: index + 1 });
      let before = life.rules();
      for (const one of steps) {
        await act(life, one);
        const [sites, rules] = [life.sites(), life.rules()];
        for (const { id, sites: count, max_sites } of rules) {
          expect(count, JSON.stringify(one)).toBe(sites.filter(({ approved_by }) => approved_by === id).length);
          expect(count).toBeLessThanOrEqual(max_sites ?? Number.POSITIVE_INFINITY);
          if (count === max_sites) seen.full++;
          if (count < (before.find((old) => old.id === id)?.sites ?? 0)) seen.givenBack++;
        }
        for (const site of sites) if (site.approved_by !== null) expect(site.status).toBe("approved");
        before = rules;
      }
      await life.store.close();
      life.memory.close();
    }),
    { numRuns: 60 },
  );
  expect(seen.full).toBeGreaterThan(0);
  expect(seen.givenBack).toBeGreaterThan(0);
});
