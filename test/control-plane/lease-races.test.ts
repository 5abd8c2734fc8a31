import { expect, test, vi } from "vitest";
import { edgeflowPaths, ProvisionAnswer } from "../../src/protocol/edgeflow/api.js";
import { decodeFrame } from "../../src/protocol/edgeflow/frame.js";
import { channelUrl, decodeMessage, newtPaths, RegisterData, TokenData } from "../../src/protocol/newt/index.js";
import { crashWalk, startVirtualControlPlane, type VirtualControlPlane } from "../../src/testing/index.js";
import type { HttpResponse } from "../../src/world/network.js";
import { VirtualWorld } from "../../src/world/virtual/index.js";
import { dataOf, Talk } from "./plane.js";

// Hundreds of worlds: a busy machine may take its time.
vi.setConfig({ testTimeout: 120_000 });

const timeoutMs = 30_000;
/** How much earlier or later than the other one of two racers may be, milliseconds: some statements. */
const scatter = 1.5;

/** What a stock device says to a control plane. */
function speaker({ operator, url }: VirtualControlPlane) {
  const post = (path: string, body: object): Promise<HttpResponse> =>
    operator.network.request({
      method: "POST",
      url: url + path,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      timeoutMs,
    });
  return {
    register: (provisioningKey: string) => post(newtPaths.register, { provisioningKey }),
    token: (exchanged: HttpResponse) => post(newtPaths.getToken, dataOf(exchanged, RegisterData)),
    provision: (provisioning_code: string) => post(edgeflowPaths.provision, { provisioning_code }),
    /** Whether the device of an answer is let in. */
    async connect(provisioned: HttpResponse): Promise<boolean> {
      const { device_id, api_key } = ProvisionAnswer.parse(JSON.parse(provisioned.body));
      const channel = await operator.network.connect(`${url.replace("http", "ws")}${edgeflowPaths.tunnel}`, {
        timeoutMs,
      });
      const talk = new Talk(channel, decodeFrame);
      talk.say({ type: "connect", device_id, api_key });
      return Promise.race([talk.hear("connected").then(() => true), talk.hear("error").then(() => false)]);
    },
  };
}

/** Runs a race in a world of its own for each seed, and counts how often each of its outcomes came. */
async function races(
  seeds: number,
  race: (plane: VirtualControlPlane, moment: () => Promise<void>, virtual: VirtualWorld) => Promise<string>,
): Promise<Record<string, number>> {
  const outcomes: Record<string, number> = {};
  for (let seed = 1; seed <= seeds; seed++) {
    const virtual = new VirtualWorld({ seed });
    const outcome = await virtual.run(async () => {
      const plane = await startVirtualControlPlane(virtual);
      const { clock, random } = plane.operator;
      const end = await race(plane, () => clock.sleep(random.float() * scatter), virtual);
      plane.close();
      return end;
    });
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  return outcomes;
}

test("of a site's first token and the end of its lease one comes first, and the other one knows", async () => {
  const outcomes = await races(200, async (plane, moment) => {
    const { client, org, operator } = plane;
    const device = speaker(plane);
    const key = await client.createKey(org, { name: "race", maxBatchSize: 1, reclaimAfter: 1 });
    const lost = await device.register(key.siteProvisioningKey);
    await operator.clock.sleep(1_000);
    const [token, rival] = await Promise.all([
      moment().then(() => device.token(lost)),
      moment().then(() => device.register(key.siteProvisioningKey)),
    ]);
    expect(await client.listKeys(org)).toMatchObject([{ numUsed: 1 }]);
    const sites = await client.listSites(org);
    expect(sites).toHaveLength(1);
    const winner = token.status === 200 ? lost : rival;
    expect(sites[0]?.newtId).toBe(dataOf(winner, RegisterData).newtId);
    return `${token.status} ${rival.status}`;
  });
  expect(Object.keys(outcomes).sort(), JSON.stringify(outcomes)).toEqual(["200 401", "400 201"]);
});

test("of 200 first tokens and the end of as many leases each has one that comes first", async () => {
  const outcomes = await races(5, async (plane, moment) => {
    const { client, org, operator } = plane;
    const device = speaker(plane);
    const key = await client.createKey(org, { name: "race", maxBatchSize: 200, reclaimAfter: 1 });
    const exchange = () => device.register(key.siteProvisioningKey);
    const lost = await Promise.all(Array.from({ length: 200 }, exchange));
    await operator.clock.sleep(1_000);
    const slowly = async <T>(run: () => Promise<T>): Promise<T> => {
      for (let times = 0; times < 20; times++) await moment();
      return run();
    };
    const [tokens, rivals] = await Promise.all([
      Promise.all(lost.map((answer) => slowly(() => device.token(answer)))),
      Promise.all(Array.from({ length: 100 }, () => slowly(exchange))),
    ]);
    const alive = [
      ...lost.filter((_, index) => tokens[index]?.status === 200),
      ...rivals.filter(({ status }) => status === 201),
    ].map((answer) => dataOf(answer, RegisterData).newtId);
    const kept = (await client.listSites(org)).map(({ newtId }) => newtId);
    expect(kept).toEqual(expect.arrayContaining(alive));
    expect(await client.listKeys(org)).toMatchObject([{ numUsed: kept.length }]);
    return tokens.some(({ status }) => status === 200) && tokens.some(({ status }) => status === 400) ? "both" : "one";
  });
  expect(outcomes).toHaveProperty("both");
});

test("of a device's first connect and the end of its lease one comes first, and the other one knows", async () => {
  const outcomes = await races(200, async (plane, moment) => {
    const { client, org, operator } = plane;
    const device = speaker(plane);
    const { codes } = await client.createCodes(org, { name: "race", reclaimAfter: 1 });
    const [code = ""] = codes;
    const lost = await device.provision(code);
    await operator.clock.sleep(1_000);
    const [connected, rival] = await Promise.all([
      moment().then(() => device.connect(lost)),
      // A connection is opened first.
      operator.clock
        .sleep(scatter)
        .then(moment)
        .then(() => device.provision(code)),
    ]);
    expect(await client.listCodes(org)).toMatchObject([{ numUsed: 1 }]);
    const winner = ProvisionAnswer.parse(JSON.parse((connected ? lost : rival).body));
    expect(await client.listDevices(org)).toMatchObject([{ deviceId: winner.device_id }]);
    return `${connected} ${rival.status}`;
  });
  expect(Object.keys(outcomes).sort(), JSON.stringify(outcomes)).toEqual(["false 201", "true 409"]);
});

test("a site that leaves at the moment in which absent ones are removed stays", async () => {
  const roundMs = 60_000;
  const outcomes = await races(100, async (plane, moment, virtual) => {
    const { client, org, operator, url } = plane;
    const device = speaker(plane);
    const started = virtual.now;
    const key = await client.createKey(org, { name: "lab", maxBatchSize: 1, siteTtlOffline: 90 });
    const token = dataOf(await device.token(await device.register(key.siteProvisioningKey)), TokenData).token;
    const newt = new Talk(await operator.network.connect(channelUrl(url, token), { timeoutMs }), decodeMessage);
    for (let beats = 0; beats < 11; beats++) {
      newt.say({ type: "newt/ping", data: {} });
      await newt.hear("pong");
      await operator.clock.sleep(started + (beats + 1) * 16_000 - virtual.now);
    }
    await operator.clock.sleep(started + 3 * roundMs - scatter - virtual.now);
    await moment();
    await moment();
    newt.channel.terminate();
    await operator.clock.sleep(roundMs);
    expect(await client.listSites(org)).toMatchObject([{ online: false }]);
    await operator.clock.sleep(2 * roundMs);
    return `${(await client.listSites(org)).length} left`;
  });
  expect(outcomes).toEqual({ "0 left": 100 });
});

test("a control plane that dies at any await of its housekeeping takes back what is overdue, once", async () => {
  const points = await crashWalk({
    seed: 1,
    host: "control-plane",
    async setUp({ virtual }) {
      const plane = await startVirtualControlPlane(virtual);
      const device = speaker(plane);
      const { client, org } = plane;
      const key = await client.createKey(org, { name: "leased", maxBatchSize: 3, reclaimAfter: 5 });
      const lab = await client.createKey(org, { name: "lab", maxBatchSize: 1, siteTtlOffline: 30 });
      const { codes } = await client.createCodes(org, { name: "leased", quantity: 2, reclaimAfter: 5 });
      const [first = "", second = ""] = codes;
      const living = await device.register(key.siteProvisioningKey);
      await device.token(living);
      await device.register(key.siteProvisioningKey);
      await device.register(key.siteProvisioningKey);
      await device.token(await device.register(lab.siteProvisioningKey));
      await device.connect(await device.provision(first));
      await device.provision(second);
      return { plane, device, key: key.siteProvisioningKey, second, newtId: dataOf(living, RegisterData).newtId };
    },
    flow: ({ plane }) => plane.operator.clock.sleep(80_000),
    async judge({ plane, device, key, second, newtId }) {
      const { client, org, operator } = plane;
      // A start puts off by a round what is due, and what is away.
      await operator.clock.sleep(150_000);
      expect(await client.listKeys(org)).toMatchObject([{ numUsed: 1 }, { numUsed: 1 }]);
      expect(await client.listSites(org)).toMatchObject([{ newtId }]);
      expect(await client.listCodes(org)).toMatchObject([{ numUsed: 1 }]);
      expect(await client.listDevices(org)).toHaveLength(1);
      const actions = (await client.audit(org)).map(({ action }) => action);
      expect(actions.filter((action) => action === "reclaim")).toHaveLength(3);
      expect(actions.filter((action) => action === "expire")).toHaveLength(1);
      expect((await device.register(key)).status).toBe(201);
      expect((await device.provision(second)).status).toBe(201);
    },
  });
  expect(points.length).toBeGreaterThan(50);
});
