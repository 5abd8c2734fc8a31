import { expect, test, vi } from "vitest";
import { type CrashStage, type CrashWalk, crashWalk, type Supervisor, supervise } from "../../src/testing/index.js";
import type { World } from "../../src/world/world.js";
import {
  type FirstBoot,
  identityOn,
  judgeSite,
  type Placing,
  placed,
  resource,
  siteLife,
} from "./support/first-boot.js";
import { boardLife, judgeBoard, judgeState, placedBoard, putCode } from "./support/first-boot-board.js";

// Hundreds of worlds: a busy machine may take its time.
vi.setConfig({ testTimeout: 180_000 });

/** Long enough for every retry and for the control plane to miss whoever is gone. */
const aWhile = 180_000;

type Life = (subject: FirstBoot, world: World) => Promise<unknown>;

/** Starts a device's lives. */
function started(life: Life, subject: FirstBoot, { virtual, host }: CrashStage): Supervisor {
  return supervise(virtual, host, (world) => life(subject, world), { restartAfterMs: 100 });
}

/** Lives a device's lives for a while. */
function lives(life: Life) {
  return (subject: FirstBoot, stage: CrashStage): Promise<void> => {
    started(life, subject, stage);
    return subject.plane.operator.clock.sleep(aWhile);
  };
}

/** Stops a device that has lived for a while, and whatever of it still runs. */
async function lived(life: Life, subject: FirstBoot, stage: CrashStage): Promise<void> {
  const supervisor = started(life, subject, stage);
  await subject.plane.operator.clock.sleep(aWhile);
  supervisor.stop();
  stage.host.kill();
}

/** The first boot of a site. */
function site(placing: Placing): CrashWalk<FirstBoot> {
  return {
    seed: 1,
    host: "box",
    setUp: ({ virtual, host }) => placed(virtual, host, placing),
    flow: lives(siteLife),
    judge: (subject, { host }) => judgeSite(subject, host),
  };
}

/** With a provisioning blueprint and one that governs. */
function siteWithBlueprints(placing: Placing): CrashWalk<FirstBoot> {
  const plain = site({ ...placing, blueprints: true });
  return {
    ...plain,
    async judge(subject, stage) {
      await plain.judge(subject, stage);
      const { client, org } = subject.plane;
      const applied = (await client.listBlueprints(org)).filter(({ succeeded }) => succeeded);
      const times = applied.filter(({ once }) => once).map(({ applications }) => applications);
      expect(times, "times the bootstrap blueprint was applied").toEqual([1]);
      const [bootstrap, governed, ...more] = await client.listResources(org);
      expect([bootstrap?.governedBy, more], "the bootstrap blueprint governs nothing").toEqual([null, []]);
      expect(governed?.governedBy, "the other does").toBe(governed?.ownerSite);
    },
  };
}

const withBlueprints = siteWithBlueprints({});

/** A site that is approved as soon as it is seen. */
const pendingSite: CrashWalk<FirstBoot> = {
  ...siteWithBlueprints({ approveNewSites: false }),
  async flow(subject, stage) {
    const { client, org, operator } = subject.plane;
    const living = withBlueprints.flow(subject, stage);
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

/** A site whose config file a power loss has torn, in the lives after that. */
const tornSite: CrashWalk<FirstBoot & { readonly id: string }> = {
  ...site({}),
  async setUp(stage) {
    const { host, virtual } = stage;
    const subject = await placed(virtual, host);
    await lived(siteLife, subject, stage);
    const { id } = identityOn(host);
    const whole = host.disk.get("newt.json") ?? Buffer.alloc(0);
    host.disk.put("newt.json", whole.subarray(0, whole.length / 2), 0o600);
    return { ...subject, id };
  },
  async judge(subject, { host }) {
    await judgeSite(subject, host);
    expect(identityOn(host).id, "the identity of before").toBe(subject.id);
  },
};

/** A site whose governing file changes, and is edited on the server right after. */
const governedSite: CrashWalk<FirstBoot> = {
  ...withBlueprints,
  async setUp(stage) {
    const subject = await withBlueprints.setUp(stage);
    await withBlueprints.flow(subject, stage);
    return subject;
  },
  async flow({ plane: { client, org, operator } }, { host }) {
    host.disk.put("site.yaml", resource("governed").replace("5000", "5002"));
    await operator.clock.sleep(2_000);
    await client.updateResource(org, "public", "governed", { name: "edited" });
    await operator.clock.sleep(aWhile);
  },
  async judge(subject, stage) {
    await withBlueprints.judge(subject, stage);
    const { client, org } = subject.plane;
    const { document, overwriteExpected } = await client.findResource(org, "public", "governed");
    expect(document, "as the file says").toMatchObject({ name: "governed", "proxy-port": 5_002 });
    expect(overwriteExpected, "marked as edited").toBe(false);
  },
};

const board: CrashWalk<FirstBoot> = {
  seed: 1,
  host: "board",
  setUp: ({ virtual, host }) => placedBoard(virtual, host),
  flow: lives(boardLife),
  judge: (subject, { host }) => judgeBoard(subject, host),
};

/** A device whose credentials a power loss has torn, in the lives after that. */
const tornBoard: CrashWalk<FirstBoot> = {
  ...board,
  async setUp(stage) {
    const { virtual, host } = stage;
    const subject = await placedBoard(virtual, host);
    await lived(boardLife, subject, stage);
    const whole = host.disk.get("state/credentials.json") ?? Buffer.alloc(0);
    host.disk.put("state/credentials.json", whole.subarray(0, whole.length / 2), 0o600);
    return subject;
  },
};

type End = (subject: FirstBoot, stage: CrashStage) => Promise<void>;

/** A device whose credentials have come to an end, and whose administrator has given it a new code. */
function renewedBoard(end: End): CrashWalk<FirstBoot> {
  return {
    ...board,
    async setUp(stage) {
      const { virtual, host } = stage;
      const subject = await placedBoard(virtual, host);
      const { client, org, url } = subject.plane;
      await lived(boardLife, subject, stage);
      await end(subject, stage);
      const { codes } = await client.createCodes(org, { name: "again", quantity: 1 });
      putCode(host, url, codes[0] ?? "");
      subject.nonces.clear();
      return subject;
    },
    async judge({ plane: { client, org }, nonces }, { host }) {
      const online = (await client.listDevices(org)).filter((device) => device.online);
      expect(online, "one device, online").toHaveLength(1);
      const uses = (await client.listCodes(org)).map(({ numUsed }) => numUsed);
      expect(uses, "one use of each code").toEqual([1, 1]);
      expect([...nonces], "one nonce").toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
      judgeState(host);
    },
  };
}

const isRefused: End = async ({ plane: { client, org } }) => {
  for (const { deviceId } of await client.listDevices(org)) await client.deleteDevice(org, deviceId);
};
const isPastItsEnd: End = async (_, { host }) => {
  host.skewMs = 400 * 24 * 3_600_000;
};

/** Plays a walk and says how many points it had. */
async function walked<T>(name: string, walk: CrashWalk<T>): Promise<readonly string[]> {
  const points = await crashWalk(walk);
  process.stdout.write(`${name}: ${points.length} points\n`);
  return points.map(({ what }) => what);
}

test.each([
  ["a site", site({}), 60],
  ["a site with its key by flag and no file", site({ key: "by flag" }), 60],
  ["a site with both blueprints", withBlueprints, 100],
  ["a site that is approved meanwhile", pendingSite, 100],
  ["an EdgeFlow device", board, 60],
])("%s that dies at any await of its first boot comes back as the same", async (name, walk, least) => {
  const whats = await walked(name, walk);
  expect(whats.length).toBeGreaterThan(least);
  expect(whats).toContain("request");
  for (const step of ["writes", "fsyncs", "renames"]) expect(whats.join("\n")).toContain(`${step} `);
});

test("an EdgeFlow device that dies at any await after its credentials were torn comes back as the same", async () => {
  const whats = await walked("an EdgeFlow device that was torn", tornBoard);
  expect(whats.join("\n")).toContain("renames state/credentials.json.new");
});

test.each([
  ["that the cloud refuses", isRefused],
  ["whose credentials are past their end", isPastItsEnd],
])("an EdgeFlow device %s and that dies at any await while it takes a new code uses it once", async (name, end) => {
  const whats = await walked(`an EdgeFlow device ${name}`, renewedBoard(end));
  expect(whats).toContain("request");
});

test("a site that dies at any await after its file was torn comes back as the same", async () => {
  const whats = await walked("a site that was torn", tornSite);
  expect(whats).toContain("renames newt.json.new to newt.json");
});

test("a site that dies at any await after its blueprint has changed is in the end as its file says", async () => {
  const whats = await walked("a site whose blueprint changed", governedSite);
  expect(whats).toContain("reads site.yaml");
});

test.each([
  ["a site", withBlueprints],
  ["an EdgeFlow device", board],
])("%s that loses power twice comes back as the same", async (name, walk) => {
  await walked(`${name}, twice`, { ...walk, twice: true, strokes: ["power loss"] });
});

test("a site on a disk that only pretends to make things safe is found out", async () => {
  const pretending = lives(async (subject, world) => {
    world.disk.fsync = world.disk.fsyncDirectory = () => Promise.resolve();
    await siteLife(subject, world).catch(() => {});
  });
  const walk = crashWalk({ ...withBlueprints, flow: pretending, strokes: ["power loss"] });
  await expect(walk).rejects.toMatchObject({ name: "CrashWalkFailed" });
});
