import { expect, test, vi } from "vitest";
import { newt } from "../../src/device/persona.js";
import { blueprintJson } from "../../src/provisioning/blueprint/index.js";
import { below, pick, seededRandom } from "../../src/world/random.js";
import {
  bootstrapText,
  type GovernedSite,
  governedKind,
  governedName,
  governedSite,
  governing,
} from "./support/governed.js";

// Hundreds of worlds: a busy machine may take its time.
vi.setConfig({ testTimeout: 120_000 });

const second = 1_000;
/** Until a site is up and its blueprints are applied. */
const boot = 30 * second;

const resource = ({ plane: { client, org } }: GovernedSite) => client.findResource(org, governedKind, governedName);
const edit = ({ plane: { client, org } }: GovernedSite, document: object) =>
  client.updateResource(org, governedKind, governedName, { ...document });
const applied = ({ events }: GovernedSite): number =>
  events.filter((event) => event.type === "blueprint" && event.mode === "declarative" && event.success).length;

/** What applying a document would change now. */
function planned({ plane: { client, org } }: GovernedSite, text: string) {
  return client.planBlueprint(org, JSON.parse(blueprintJson(text, { SERIAL: "sn42" })));
}

test("what its blueprint file names is governed by the site, and what its bootstrap blueprint names is not", async () => {
  const resources = await governedSite({}, async (site) => {
    await site.sleep(boot);
    return site.plane.client.listResources(site.plane.org);
  });
  const named = Object.fromEntries(resources.map((item) => [item.niceId, item]));
  expect(named[governedName]).toMatchObject({ governedBy: named[governedName]?.ownerSite, overwriteExpected: false });
  expect(named["sn42-ssh"]).toMatchObject({ governedBy: null, ownerSite: named[governedName]?.ownerSite });
});

test.each([
  ["edited", (site: GovernedSite) => edit(site, { name: "edited", enabled: false })],
  ["deleted", ({ plane: { client, org } }: GovernedSite) => client.deleteResource(org, governedKind, governedName)],
  [
    "overwritten by the organisation's blueprint",
    ({ plane: { client, org } }: GovernedSite) =>
      client.applyBlueprint(org, JSON.parse(blueprintJson(governing("theirs", 99), { SERIAL: "sn42" }))),
  ],
])("a governed resource that is %s while its site is connected is as its file says within a second", async (_, act) => {
  const { before, after, times } = await governedSite({}, async (site) => {
    await site.sleep(boot);
    const before = applied(site);
    await act(site);
    await site.sleep(second);
    const after = await resource(site);
    // Nobody asks again.
    await site.sleep(600 * second);
    return { before, after, times: applied(site) };
  });
  expect(after).toMatchObject({ name: "first", enabled: true, overwriteExpected: false, source: "NEWT" });
  expect(times - before).toBe(1);
});

test("an edit while the site is away is marked, and undone when it connects again", async () => {
  const { marked, after } = await governedSite({}, async (site) => {
    await site.sleep(boot);
    site.box.link.up = false;
    await site.sleep(90 * second);
    await edit(site, { name: "edited" });
    const marked = await resource(site);
    site.box.link.up = true;
    await site.sleep(900 * second);
    return { marked, after: await resource(site) };
  });
  expect(marked).toMatchObject({ name: "edited", overwriteExpected: true });
  expect(after).toMatchObject({ name: "first", overwriteExpected: false });
});

test("of a pending site the last version of its file waits alone, also one that has waited before", async () => {
  const { waiting, after, changes } = await governedSite({ approveNewSites: false }, async (site) => {
    const { client, org } = site.plane;
    await site.sleep(boot);
    for (const name of ["second", "first"]) {
      site.govern(governing(name));
      await site.sleep(boot);
    }
    const waiting = (await client.listBlueprints(org)).map(({ parked, once }) => ({ parked, once }));
    for (const { siteId } of await client.listSites(org)) await client.approveSite(siteId);
    const after = await resource(site);
    return { waiting, after, changes: (await planned(site, governing("first"))).changes };
  });
  expect(waiting).toEqual([
    { parked: true, once: false },
    { parked: true, once: true },
  ]);
  expect(after).toMatchObject({ name: "first", governedBy: after.ownerSite });
  expect(changes).toEqual([]);
});

test("a bootstrap blueprint that waits for approval is done with when it is applied, and sent again if it could not be", async () => {
  const state = (site: GovernedSite) => site.box.disk.get(".newt.json.state")?.toString().trim();
  const { waiting, refused, after, times } = await governedSite({ approveNewSites: false }, async (site) => {
    const { client, org } = site.plane;
    await site.sleep(boot);
    const waiting = state(site);
    const [pending] = await client.listSites(org);
    const { siteId, niceId } = pending ?? { siteId: 0, niceId: "" };
    // Somebody else has what it would make.
    const theirs = { name: "theirs", mode: "host", destination: "10.0.0.1", site: niceId };
    await client.createResource(org, { kind: "private", niceId: "sn42-ssh", document: theirs });
    await client.approveSite(siteId);
    const refused = (await client.listBlueprints(org)).filter(({ once }) => once);
    await client.deleteResource(org, "private", "sn42-ssh");
    for (let times = 0; times < 2; times++) {
      site.box.kill();
      await site.sleep(boot);
    }
    const { name } = await client.findResource(org, "private", "sn42-ssh");
    const times = (await client.listBlueprints(org)).flatMap(({ once, succeeded, applications }) =>
      once && succeeded ? [applications] : [],
    );
    return { waiting, refused, after: { name, state: state(site) }, times };
  });
  expect(waiting).toBe('{"provisioningBlueprint":"pending"}');
  expect(refused).toMatchObject([{ succeeded: false, parked: false }]);
  expect(after).toEqual({ name: "SSH", state: '{"provisioningBlueprint":"applied"}' });
  expect(times).toEqual([1]);
});

test("an edit of what a bootstrap blueprint made stays, over every connect", async () => {
  const after = await governedSite({}, async (site) => {
    const { client, org } = site.plane;
    await site.sleep(boot);
    await client.updateResource(org, "private", "sn42-ssh", { name: "edited" });
    site.box.kill();
    await site.sleep(boot);
    return client.findResource(org, "private", "sn42-ssh");
  });
  expect(after).toMatchObject({ name: "edited", overwriteExpected: false });
});

test("a stock newt is left alone by edits, and overwrites them when it connects again", async () => {
  const { marked, after } = await governedSite({ persona: newt }, async (site) => {
    await site.sleep(boot);
    // A resource is governed from the second time on.
    site.govern(governing("second"));
    await site.sleep(boot);
    await edit(site, { name: "edited" });
    await site.sleep(boot);
    const marked = await resource(site);
    site.box.kill();
    await site.sleep(boot);
    return { marked, after: await resource(site) };
  });
  expect(marked).toMatchObject({ name: "edited", overwriteExpected: true });
  expect(after).toMatchObject({ name: "second", overwriteExpected: false });
});

/** Something that befalls a site, its file or what it governs. */
type Deed = (site: GovernedSite, draw: (limit: number) => number) => unknown;

const deeds: readonly Deed[] = [
  (site, draw) => site.govern(governing(`name ${draw(2)}`, 8_080 + draw(2))),
  (site, draw) => site.govern(governing(`name ${draw(2)}`, 8_080 + draw(2))),
  (site) => site.govern("public-resources: ["),
  async ({ box }, draw) => {
    const { disk } = box.boot();
    await disk.write("site.yaml.new", governing(`moved ${draw(3)}`));
    await disk.rename("site.yaml.new", "site.yaml");
  },
  ({ box }) => box.boot().disk.remove("site.yaml"),
  (site, draw) => edit(site, { name: `edited ${draw(3)}` }),
  (site) => edit(site, { targets: [] }),
  ({ plane: { client, org } }) => client.deleteResource(org, governedKind, governedName),
  ({ plane: { client, org } }) =>
    client.applyBlueprint(org, JSON.parse(blueprintJson(governing("theirs", 99), { SERIAL: "sn42" }))),
  ({ box }) => box.forgetConnections(),
  async ({ box, sleep }, draw) => {
    box.link.up = false;
    await sleep(draw(100) * second);
    box.link.up = true;
  },
  ({ box }) => box.kill(),
  ({ box }) => box.losePower(),
  ({ plane }) => plane.host.kill(),
  async ({ plane: { client, org } }) => {
    for (const { siteId } of await client.listSites(org)) await client.approveSite(siteId);
  },
];

/** Waits until a site has been online for a minute, at most twenty. */
async function atRest({ plane: { client, org }, sleep }: GovernedSite): Promise<void> {
  for (let minutes = 0, online = 0; minutes < 20 && online < 2; minutes++) {
    const [site] = await client.listSites(org).catch(() => []);
    online = site?.online ? online + 1 : 0;
    await sleep(60 * second);
  }
}

/** A site's first boot and ten deeds at random moments, and what is left when all has come to rest. */
function interleaved(seed: number) {
  const random = seededRandom(seed).fork("deeds");
  const draw = (limit: number): number => below(random, limit);
  return governedSite({ seed, approveNewSites: draw(3) > 0 }, async (site) => {
    const { plane, box, sleep } = site;
    const { client, org } = plane;
    for (let deed = 0; deed < 10; deed++) {
      await sleep(random.float() ** 3 * 10 * second);
      // Some come to nothing, such as the edit of a resource that is not there, or of a server that is not.
      await Promise.resolve(pick(random, deeds)(site, draw)).catch(() => {});
    }
    const text = governing(`name ${draw(2)}`, 8_080 + draw(2));
    site.govern(text);
    await sleep(random.float() * 2 * second);
    if (draw(2) === 0) await edit(site, { name: "edited at last" }).catch(() => {});
    await atRest(site);
    for (const { siteId, status } of await client.listSites(org)) {
      if (status === "pending") await client.approveSite(siteId);
    }
    await sleep(60 * second);
    const history = await client.listBlueprints(org);
    return {
      sites: (await client.listSites(org)).map(({ online, status }) => ({ online, status })),
      file: box.disk.get("site.yaml")?.toString() === text,
      changes: (await planned(site, text)).changes,
      bootstrap: (await planned(site, bootstrapText)).changes,
      marks: (await client.listResources(org)).filter(({ overwriteExpected }) => overwriteExpected),
      governed: (await resource(site)).governedBy !== null,
      once: history.flatMap(({ once, applications }) => (once ? [applications] : [])),
    };
  });
}

const seeds = Array.from({ length: 200 }, (_, index) => index + 1);

test("after 200 random interleavings of file changes, edits, cuts and restarts the server is as the file says", async () => {
  const failures: unknown[] = [];
  for (const seed of seeds) {
    const outcome = await interleaved(seed);
    const isWell =
      JSON.stringify(outcome) ===
      JSON.stringify({
        sites: [{ online: true, status: "approved" }],
        ...{ file: true, changes: [], bootstrap: [], marks: [], governed: true, once: [1] },
      });
    if (!isWell) failures.push({ seed, ...outcome });
  }
  expect(failures).toEqual([]);
});
