import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { applied, planeWith, TestSite } from "./newt-site.js";
import { org } from "./plane.js";

vi.setConfig({ testTimeout: 60_000 });

const place = fc.record({ port: fc.integer({ min: 1, max: 3 }), site: fc.constantFrom("one", "other", undefined) });
const resource = fc.record({
  raw: fc.boolean(),
  enabled: fc.boolean(),
  targets: fc.array(fc.option(place), { maxLength: 4 }),
});
/** A document of up to three public resources, and who applies it. */
const step = fc.record({
  by: fc.constantFrom("one", "other", "organisation"),
  resources: fc.dictionary(fc.constantFrom("a", "b", "c"), resource, { minKeys: 1 }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function documentOf({ by, resources }: Step): object {
  const sections = Object.entries(resources).map(([niceId, { raw, enabled, targets }]) => [
    niceId,
    {
      name: niceId,
      ...(raw
        ? { mode: "udp", "proxy-port": niceId.charCodeAt(0) }
        : { mode: "http", "full-domain": `${niceId}.example.com` }),
      enabled,
      targets: targets.map(
        (each) =>
          each && {
            hostname: "10.0.0.1",
            port: each.port,
            ...(!raw && { method: "http" }),
            ...(by === "organisation" && { site: each.site ?? "one" }),
          },
      ),
    },
  ]);
  return { "public-resources": Object.fromEntries(sections) };
}

test("whoever applies whatever: a plan tells what is then done, targets are as written, and once more changes nothing", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
      const { plane, database } = await planeWith();
      const sites = {
        one: await TestSite.of(plane, { name: "one" }),
        other: await TestSite.of(plane, { name: "other" }),
      };
      const newts = { one: await sites.one.connect(), other: await sites.other.connect() };
      const state = () =>
        ["resource", "target", "site"].map((table) => database.prepare(`select * from ${table}`).all([]));
      for (const each of steps) {
        const document = documentOf(each);
        const apply = async () => {
          if (each.by !== "organisation") return Object((await applied(newts[each.by], document)).result).success;
          return plane.integration.applyBlueprint(org, document).then(
            () => true,
            () => false,
          );
        };
        const before = state();
        const plan = each.by === "organisation" ? await plane.integration.planBlueprint(org, document) : undefined;
        expect(state()).toEqual(before);
        if (!(await apply())) {
          expect(state()).toEqual(before);
          continue;
        }
        if (plan?.changes.length === 0) expect(state()).toEqual(before);
        const rows = database
          .prepare("select nice_id, position, target.port from target join resource on resource.id = resource_id")
          .all([]);
        for (const [niceId, { targets }] of Object.entries(each.resources))
          for (const [position, target] of targets.entries())
            if (target) expect(rows).toContainEqual({ nice_id: niceId, position, port: target.port });
        // A stock newt's second time is the one from which on it governs.
        await apply();
        const settled = state();
        expect(await apply()).toBe(true);
        expect(state()).toEqual(settled);
        if (each.by === "organisation")
          expect((await plane.integration.planBlueprint(org, document)).changes).toEqual([]);
      }
      await plane.close();
    }),
    { numRuns: 25 },
  );
});
