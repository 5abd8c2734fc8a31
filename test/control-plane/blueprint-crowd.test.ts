import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { applied, TestSite, target, web } from "./newt-site.js";
import { org, Plane, temporaryDirectory } from "./plane.js";

vi.setConfig({ testTimeout: 60_000 });

/** What a box with this serial number applies: a domain of its own, and roles that all of them name. */
function bootstrap(serial: number): object {
  return {
    "public-resources": {
      [`web-${serial}`]: {
        name: `Web ${serial}`,
        mode: "http",
        "full-domain": `sn${serial}.example.com`,
        auth: { "sso-enabled": true, "sso-roles": ["Member", "Customer1"] },
        targets: [target(80)],
      },
    },
    "private-resources": {
      [`ssh-${serial}`]: { name: "SSH", mode: "host", destination: "localhost", roles: ["Customer1", "DevOps"] },
    },
  };
}

test("300 sites that apply their bootstrap blueprint at once have it applied, each exactly once", async () => {
  const plane = await Plane.start(join(temporaryDirectory(), "plane.db"));
  const key = await plane.key();
  const newts = await Promise.all(Array.from({ length: 300 }, async () => plane.newt(await plane.site(key))));
  const answers = await Promise.all(
    newts.map(async (newt, serial) => {
      // Twice, as a newt does that has not heard the answer.
      const [one, again] = [applied(newt, bootstrap(serial), true), applied(newt, bootstrap(serial), true)];
      return [(await one).result, (await again).result];
    }),
  );
  expect(answers.flat().filter((answer) => !Object(answer).success)).toEqual([]);
  const resources = await plane.integration.listResources(org);
  expect(new Set(resources.map(({ niceId }) => niceId)).size).toBe(600);
  expect(resources).toHaveLength(600);
  const roles = (await plane.integration.listRoles(org)).map(({ name }) => name);
  expect(roles.sort()).toEqual(["Admin", "Customer1", "DevOps", "Member"]);
  const history = await plane.integration.listBlueprints(org);
  expect(history).toHaveLength(300);
  expect(history.filter(({ succeeded, applications }) => succeeded && applications === 1)).toHaveLength(300);
});

test("of documents that race for one domain one has it, and the others change nothing", async () => {
  const plane = await Plane.start();
  const sites = await Promise.all(Array.from({ length: 8 }, () => TestSite.of(plane)));
  const newts = await Promise.all(sites.map((site) => site.connect()));
  const wish = (niceId: string) => web([target(80)], { "full-domain": "the.example.com" }, niceId);
  const answers = await Promise.all([
    ...newts.map(async (newt, index) => (await applied(newt, wish(`site-${index}`))).result),
    ...[0, 1].map((index) =>
      plane.integration
        .applyBlueprint(
          org,
          JSON.parse(wish(`org-${index}`).replace('"port":80', `"port":80,"site":"${sites[0]?.niceId}"`)),
        )
        .then(() => ({ success: true }))
        .catch(() => ({ success: false })),
    ),
  ]);
  expect(answers.filter((answer) => Object(answer).success)).toHaveLength(1);
  expect(await plane.integration.listResources(org)).toHaveLength(1);
});

test("9,000 targets are applied, changed and found unchanged without holding up the heartbeats of others", async () => {
  const plane = await Plane.start(join(temporaryDirectory(), "plane.db"));
  const [large, other] = [await TestSite.of(plane), await TestSite.of(plane)];
  const [newt, watcher] = [await large.connect(), await other.connect()];
  const document = (first: number) => ({
    "public-resources": Object.fromEntries(
      Array.from({ length: 15 }, (_, resource) => [
        `web-${resource}`,
        {
          name: "Web",
          mode: "http",
          "full-domain": `w${resource}.example.com`,
          targets: Array.from({ length: 600 }, (_, index) => target(first + index)),
        },
      ]),
    ),
  });
  for (const first of [1_000, 2_000, 2_000]) {
    let longest = 0;
    let isOver = false;
    const beats = (async () => {
      while (!isOver) {
        const from = performance.now();
        watcher.say({ type: "newt/ping", data: {} });
        await watcher.hear("pong");
        longest = Math.max(longest, performance.now() - from);
      }
    })();
    const { result } = await applied(newt, document(first));
    isOver = true;
    await beats;
    expect(result).toMatchObject({ success: true });
    process.stdout.write(`9,000 targets: heartbeats waited ${longest.toFixed(0)} ms at most\n`);
    expect(longest).toBeLessThan(5_000);
  }
  expect(await large.targets()).toHaveLength(9_000);
});
