import { expect, test, vi } from "vitest";
import { EdgeFlowDevice, NewtSite } from "../../src/device/index.js";
import { nonceHeader } from "../../src/provisioning/nonce.js";
import {
  type CrashStage,
  type CrashWalk,
  crashWalk,
  startVirtualControlPlane,
  supervise,
  type VirtualControlPlane,
  type VirtualHost,
} from "../../src/testing/index.js";
import type { Network } from "../../src/world/network.js";
import type { World } from "../../src/world/world.js";
import { facts } from "./support/edgeflow.js";

// Hundreds of worlds: a busy machine may take its time.
vi.setConfig({ testTimeout: 120_000 });

/** Long enough for every retry and for the control plane to miss whoever is gone. */
const aWhile = 180_000;

interface Subject {
  readonly plane: VirtualControlPlane;
  /** What must be gone from a disk that may not keep it. */
  readonly secret: string;
  /** Of every exchange that was tried. */
  readonly nonces: Set<string | undefined>;
}

/** The World with the nonces of its exchanges noted. */
function noted({ clock, random, disk, network, env, log, process }: World, { nonces }: Subject): World {
  const watched: Network = {
    request: (request) => {
      if (/\/(register|provision)$/.test(request.url)) nonces.add(request.headers?.[nonceHeader]);
      return network.request(request);
    },
    connect: (url, options) => network.connect(url, options),
    listen: (options, listener) => network.listen(options, listener),
    udp: (options, receive) => network.udp(options, receive),
  };
  return { clock, random, disk, network: watched, env, log, process };
}

/** Lives a device's lives for a while. */
function lives(main: (world: World) => Promise<unknown>) {
  return (subject: Subject, { virtual, host }: CrashStage): Promise<void> => {
    supervise(virtual, host, (world) => main(noted(world, subject)), { restartAfterMs: 100 });
    return subject.plane.operator.clock.sleep(aWhile);
  };
}

function textOn({ disk }: VirtualHost): string {
  return [...disk.snapshot().values()].map(({ data }) => data.toString("latin1")).join("\n");
}

/** A blueprint of one resource. */
const resource = (name: string): string =>
  `public-resources: { ${name}: { mode: tcp, proxy-port: 5000, name: ${name} } }`;

/** A box with a key of one use, a provisioning blueprint and one that governs. */
async function placed(
  { virtual, host }: CrashStage,
  { approveNewSites }: { approveNewSites: boolean },
): Promise<Subject> {
  const plane = await startVirtualControlPlane(virtual);
  const wish = { name: "acme", maxBatchSize: 1, approveNewSites };
  const { siteProvisioningKey: secret } = await plane.client.createKey(plane.org, wish);
  const files = { blueprintFile: "site.yaml", provisioningBlueprintFile: "bootstrap.yaml" };
  const config = { endpoint: plane.url, provisioningKey: secret, ...files };
  host.disk.put("site.yaml", resource("governed").replace("5000", "5001"));
  host.disk.put("bootstrap.yaml", resource("bootstrap"));
  host.disk.put("newt.json", JSON.stringify(config), 0o600);
  return { plane, secret, nonces: new Set() };
}

const site: CrashWalk<Subject> = {
  seed: 1,
  host: "box",
  setUp: (stage) => placed(stage, { approveNewSites: true }),
  flow: lives((world) => new NewtSite(world, { configFile: "newt.json" }).run()),
  async judge({ plane: { client, org }, secret, nonces }, { host }) {
    expect(await client.listSites(org), "one site, online").toMatchObject([{ online: true }]);
    expect(await client.listKeys(org), "one use").toMatchObject([{ numUsed: 1 }]);
    expect([...nonces], "one nonce").toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    expect(textOn(host), "no key on disk").not.toContain(secret);
    expect(host.disk.stat("newt.json")?.mode, "credentials are private").toBe(0o600);
    const applied = (await client.listBlueprints(org)).filter(({ succeeded }) => succeeded);
    const times = applied.filter(({ once }) => once).map(({ applications }) => applications);
    expect(times, "times the bootstrap blueprint was applied").toEqual([1]);
    const [bootstrap, governed, ...more] = await client.listResources(org);
    expect([bootstrap?.governedBy, more], "the bootstrap blueprint governs nothing").toEqual([null, []]);
    expect(governed?.governedBy, "the other does").toBe(governed?.ownerSite);
  },
};

/** A site that is approved as soon as it is seen. */
const pendingSite: CrashWalk<Subject> = {
  ...site,
  strokes: ["power loss"],
  setUp: (stage) => placed(stage, { approveNewSites: false }),
  async flow(subject, stage) {
    const { client, org, operator } = subject.plane;
    const living = site.flow(subject, stage);
    for (let approved = false; !approved; ) {
      await operator.clock.sleep(10);
      for (const { siteId } of await client.listSites(org)) {
        await client.approveSite(siteId);
        approved = true;
      }
    }
    await living;
  },
};

/** A site whose governing file changes, and is edited on the server right after. */
const governedSite: CrashWalk<Subject> = {
  ...site,
  async setUp(stage) {
    const subject = await placed(stage, { approveNewSites: true });
    await site.flow(subject, stage);
    return subject;
  },
  async flow({ plane: { client, org, operator } }, { host }) {
    host.disk.put("site.yaml", resource("governed").replace("5000", "5002"));
    await operator.clock.sleep(2_000);
    await client.updateResource(org, "public", "governed", { name: "edited" });
    await operator.clock.sleep(aWhile);
  },
  async judge(subject, stage) {
    await site.judge(subject, stage);
    const { client, org } = subject.plane;
    const { document, overwriteExpected } = await client.findResource(org, "public", "governed");
    expect(document, "as the file says").toMatchObject({ name: "governed", "proxy-port": 5_002 });
    expect(overwriteExpected, "marked as edited").toBe(false);
  },
};

const device: CrashWalk<Subject> = {
  seed: 1,
  host: "board",
  async setUp({ virtual, host }) {
    const plane = await startVirtualControlPlane(virtual);
    const { codes } = await plane.client.createCodes(plane.org, { name: "boards", quantity: 1 });
    const [code = ""] = codes;
    host.disk.put(
      ".env",
      `EDGEFLOW_SAAS_ENABLED=true\nEDGEFLOW_SAAS_URL=${new URL(plane.url).host}\nEDGEFLOW_PROVISIONING_CODE=${code}\n`,
      0o600,
    );
    return { plane, secret: code, nonces: new Set() };
  },
  flow: lives((world) => new EdgeFlowDevice(world, { envFile: ".env", stateDirectory: "state", facts }).run()),
  async judge({ plane: { client, org }, nonces }, { host: { disk } }) {
    expect(await client.listDevices(org), "one device, online").toMatchObject([{ online: true }]);
    expect(await client.listCodes(org), "one use").toMatchObject([{ numUsed: 1 }]);
    expect([...nonces], "one nonce").toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    expect(disk.stat("state/credentials.json")?.mode, "credentials are private").toBe(0o600);
    expect(disk.stat("state/credentials.key")?.mode, "their key is private").toBe(0o600);
    expect([...disk.snapshot().keys()], "the nonce is gone").not.toContain("/state/nonce");
  },
};

test.each([
  ["a site", site],
  ["a site that is approved meanwhile", pendingSite],
  ["an EdgeFlow device", device],
])("%s that dies at any await of its first boot comes back as the same", async (_, walk) => {
  const points = await crashWalk(walk);
  expect(points.length).toBeGreaterThan(60);
  expect(points.map(({ what }) => what)).toContain("request");
});

test("a site that dies at any await after its file has changed is in the end as its file says", async () => {
  const points = await crashWalk(governedSite);
  expect(points.map(({ what }) => what)).toContain("reads site.yaml");
});

test.each([
  ["a site", site],
  ["an EdgeFlow device", device],
])("%s that loses power twice comes back as the same", async (_, walk) => {
  await crashWalk({ ...walk, twice: true, strokes: ["power loss"] });
});

test("a site on a disk that only pretends to make things safe is found out", async () => {
  const pretending = lives(async (world) => {
    world.disk.fsync = world.disk.fsyncDirectory = () => Promise.resolve();
    await new NewtSite(world, { configFile: "newt.json" }).run().catch(() => {});
  });
  const walk = crashWalk({ ...site, flow: pretending, strokes: ["power loss"] });
  await expect(walk).rejects.toMatchObject({ name: "CrashWalkFailed" });
});
