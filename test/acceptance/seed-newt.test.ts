/**
 * What the product document of provisioning keys promises of a device, one test for each promise, with real sockets and files
 * against a control plane with TLS. Beside them: `seed-blueprint.test.ts` has "Blueprint example and environment templating"
 * and "--provisioning-blueprint-file vs --blueprint-file", `site*.test.ts` the commands, and `test/testing/first-boot.test.ts`
 * a pending site whose blueprint waits with it.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type DeviceEvent, NewtSite, type SiteOverrides } from "../../src/device/index.js";
import { animals } from "../../src/provisioning/names.js";
import {
  startControlPlane,
  startVirtualControlPlane,
  type TestControlPlane,
  VirtualWorld,
} from "../../src/testing/index.js";
import { realWorld } from "../../src/world/real/index.js";
import type { Env, World } from "../../src/world/world.js";

let plane: TestControlPlane;
beforeAll(async () => {
  plane = await startControlPlane();
});
afterAll(() => plane.close());

/** A box with a name, over all its lives. */
class Box {
  constructor(
    private readonly name: string,
    private readonly env: Env = {},
  ) {}

  get path(): string {
    return join(plane.directory, "devices", this.name, "newt.json");
  }

  /** The config file. */
  get config(): Record<string, unknown> {
    return JSON.parse(readFileSync(this.path, "utf8"));
  }

  async write(config: object): Promise<this> {
    await (await this.boot()).disk.write("newt.json", JSON.stringify(config), { mode: 0o600 });
    return this;
  }

  boot(): Promise<World> {
    return plane.device(this.name, { env: this.env });
  }

  /** Lives until the site is online and its heartbeat was answered; what it said. */
  async live(overrides: SiteOverrides = {}): Promise<readonly DeviceEvent[]> {
    const world = await this.boot();
    const events: DeviceEvent[] = [];
    const end = await new Promise((resolve) => {
      const onEvent = (event: DeviceEvent): void => {
        events.push(event);
        if (event.type === "heartbeat") void site.stop();
      };
      const site = new NewtSite(world, { configFile: "newt.json", overrides, onEvent, plainHttp: "loopback" });
      site.run().then(resolve, resolve);
    });
    expect(end, this.name).toEqual({ kind: "stopped" });
    return events;
  }
}

function makeKey(name: string, more: { maxBatchSize?: number; approveNewSites?: boolean } = {}) {
  return plane.client.createKey(plane.org, { name, maxBatchSize: 1, ...more });
}

async function usesOf(id: string): Promise<number> {
  return (await plane.client.findKey(plane.org, id)).numUsed;
}

async function sitesOf(id: string) {
  const sites = await plane.client.listSites(plane.org);
  return sites.filter(({ siteProvisioningKeyId }) => siteProvisioningKeyId === id);
}

const exchanges = (events: readonly DeviceEvent[]) => events.filter(({ type }) => type === "exchange");

describe("how provisioning works", () => {
  it("put the key in a JSON config file in a provisioningKey field and point newt at that file", async () => {
    const key = await makeKey("file");
    const box = await new Box("file").write({ endpoint: plane.url, provisioningKey: key.siteProvisioningKey });
    expect(exchanges(await box.live())).toMatchObject([{ outcome: "ok" }]);
    expect(await usesOf(key.siteProvisioningKeyId)).toBe(1);
  });

  it("pass the key with --provisioning-key instead of storing it in the file", async () => {
    const key = await makeKey("flag");
    const box = new Box("flag");
    await box.live({ endpoint: plane.url, provisioningKey: key.siteProvisioningKey });
    expect(box.config).toEqual({ endpoint: plane.url, id: expect.any(String), secret: expect.any(String) });
    expect(await usesOf(key.siteProvisioningKeyId)).toBe(1);
  });

  it("after the site is provisioned, newt writes the new id and secret into that config file", async () => {
    const key = await makeKey("written");
    const box = await new Box("written").write({ endpoint: plane.url, provisioningKey: key.siteProvisioningKey });
    await box.live();
    expect(box.config).toMatchObject({
      id: expect.stringMatching(/^[a-z0-9]{15}$/),
      secret: expect.stringMatching(/^[a-z2-7]{40}$/),
    });
  });

  it("that entry is removed when the file is updated, so the long-lived token is not left on disk", async () => {
    const key = await makeKey("removed");
    const box = await new Box("removed").write({
      endpoint: plane.url,
      provisioningKey: key.siteProvisioningKey,
      name: "removed-edge",
    });
    await box.live();
    expect(Object.keys(box.config).sort()).toEqual(["endpoint", "id", "secret"]);
    const { disk } = await box.boot();
    const texts = await Promise.all((await disk.list(".")).map(async (name) => String(await disk.read(name))));
    expect(texts.length).toBeGreaterThan(0);
    expect(texts.join("\n")).not.toContain(key.siteProvisioningKey);
  });

  it("every other key of the file is preserved", async () => {
    const key = await makeKey("preserved");
    const others = { mtu: 1300, blocked: true, custom: { b: [1, { a: null }], a: "ü" }, "": 1e21 };
    const config = { ...others, endpoint: plane.url, provisioningKey: key.siteProvisioningKey };
    const box = await new Box("preserved").write(config);
    await box.live();
    const { id, secret, endpoint, ...kept } = box.config;
    expect(kept).toEqual(others);
  });

  it("on later runs, newt uses those credentials and ignores the provisioning key, from flag or file", async () => {
    const key = await makeKey("later", { maxBatchSize: 9 });
    const provisioningKey = key.siteProvisioningKey;
    const box = await new Box("later").write({ endpoint: plane.url, provisioningKey });
    await box.live();
    const { id, secret } = box.config;

    expect(exchanges(await box.live({ provisioningKey }))).toEqual([]);
    await box.write({ ...box.config, provisioningKey });
    expect(exchanges(await box.live())).toEqual([]);
    expect(box.config).toEqual({ endpoint: plane.url, id, secret });
    expect(await usesOf(key.siteProvisioningKeyId)).toBe(1);
  });

  it("from there newt authenticates over the websocket: the site is online, no blueprint is required", async () => {
    const key = await makeKey("online");
    const box = await new Box("online").write({ endpoint: plane.url, provisioningKey: key.siteProvisioningKey });
    const types = (await box.live()).map(({ type }) => type);
    const order = ["exchange", "persisted", "token", "connected", "heartbeat"] as const;
    expect(types.filter((type) => order.some((known) => known === type))).toEqual(order);
    expect(types).not.toContain("blueprint");
    expect(await sitesOf(key.siteProvisioningKeyId)).toHaveLength(1);
  });
});

describe("why provisioning keys exist", () => {
  it("golden images: a single key in the image lets each instance obtain its own credentials the first time it starts", async () => {
    const key = await makeKey("image", { maxBatchSize: 3 });
    const image = { endpoint: plane.url, provisioningKey: key.siteProvisioningKey, name: "{{env.SERIAL_NUMBER}}-edge" };
    const boxes = ["image-1", "image-2", "image-3"].map((serial) => new Box(serial, { SERIAL_NUMBER: serial }));
    await Promise.all(boxes.map(async (box) => (await box.write(image)).live()));
    expect(new Set(boxes.map(({ config }) => config.id)).size).toBe(3);
    expect(new Set(boxes.map(({ config }) => config.secret)).size).toBe(3);
    const names = (await sitesOf(key.siteProvisioningKeyId)).map(({ name }) => name).sort();
    expect(names).toEqual(["image-1-edge", "image-2-edge", "image-3-edge"]);
  });

  it("multi-customer rollouts: each customer site has isolated credentials: one that is removed takes no other with it", async () => {
    const key = await makeKey("isolated", { maxBatchSize: 2 });
    const [gone, stays] = [new Box("isolated-1"), new Box("isolated-2")];
    for (const box of [gone, stays]) {
      await box.write({ endpoint: plane.url, provisioningKey: key.siteProvisioningKey, name: box.path });
      await box.live();
    }
    const site = (await sitesOf(key.siteProvisioningKeyId)).find(({ name }) => name === gone.path);
    await plane.client.deleteSite(site?.siteId ?? 0);
    const refused = new NewtSite(await gone.boot(), { configFile: "newt.json" });
    expect(await refused.run()).toMatchObject({ kind: "refused", step: "token" });
    expect(exchanges(await stays.live())).toEqual([]);
  });
});

describe("optional site name (--name)", () => {
  it("placeholders are expanded from the environment before the site is created", async () => {
    const key = await makeKey("named");
    const box = new Box("named", { SERIAL_NUMBER: "SN42" });
    const name = "{{env.SERIAL_NUMBER}}-edge";
    await box.live({ endpoint: plane.url, provisioningKey: key.siteProvisioningKey, name });
    expect(await sitesOf(key.siteProvisioningKeyId)).toMatchObject([{ name: "SN42-edge" }]);
    expect(box.config).not.toHaveProperty("name");
  });

  it("if you omit --name, the server assigns a random animal-based name", async () => {
    const key = await makeKey("unnamed");
    await new Box("unnamed").live({ endpoint: plane.url, provisioningKey: key.siteProvisioningKey });
    const [site] = await sitesOf(key.siteProvisioningKeyId);
    expect(animals.filter((animal) => site?.name.endsWith(`-${animal}`))).not.toEqual([]);
  });
});

describe("limits, expiry, and security model", () => {
  const week = 7 * 24 * 3_600_000;

  /**
   * Devices that boot one after the other, evenly over a time; how each of them ended. The control plane, which costs
   * most, is down between them.
   */
  async function rollout(devices: number, overMs: number, limits: { maxBatchSize: number; validForMs: number }) {
    const virtual = new VirtualWorld({ seed: 1 });
    return virtual.run(async () => {
      const pauseMs = overMs / devices;
      const control = await startVirtualControlPlane(virtual, { downtimeMs: pauseMs - 10_000 });
      const { client, org, operator, url } = control;
      const validUntil = new Date(operator.clock.now() + limits.validForMs).toISOString();
      const wish = { name: "rollout", maxBatchSize: limits.maxBatchSize, validUntil };
      const { siteProvisioningKey: provisioningKey } = await client.createKey(org, wish);
      const ends: unknown[] = [];
      for (let index = 0; index < devices; index += 1) {
        const world = virtual.host(`box ${index}`).boot();
        const onEvent = ({ type }: DeviceEvent): void => {
          if (type === "heartbeat") void site.stop();
        };
        const overrides = { endpoint: url, provisioningKey };
        const site: NewtSite = new NewtSite(world, { configFile: "newt.json", overrides, onEvent });
        ends.push(await site.run());
        control.host.kill();
        await operator.clock.sleep(pauseMs);
      }
      const [key] = await client.listKeys(org);
      const sites = await client.listSites(org);
      control.close();
      return { ends, used: key?.numUsed, state: key?.state, sites: sites.length };
    });
  }

  const online = { kind: "stopped" };
  const refusedFor = (reason: string) => ({ kind: "refused", step: "exchange", status: 401, reason });

  it("to roll out 250 devices over a week, set max usage to 250: when the limit is reached, further attempts are rejected", async () => {
    const { ends, ...key } = await rollout(252, week - 3_600_000, { maxBatchSize: 250, validForMs: week });
    expect(ends.slice(0, 250)).toEqual(Array(250).fill(online));
    const usedUp = refusedFor("Provisioning key has reached its maximum usage");
    expect(ends.slice(250)).toEqual([usedUp, usedUp]);
    expect(key).toEqual({ used: 250, state: "used_up", sites: 250 });
  });

  it("and expiry to one week: after it the key is inactive, however many uses are left", async () => {
    const { ends, ...key } = await rollout(10, 10 * 24 * 3_600_000, { maxBatchSize: 250, validForMs: week });
    expect(ends.slice(0, 7)).toEqual(Array(7).fill(online));
    expect(ends.slice(7)).toEqual(Array(3).fill(refusedFor("Provisioning key has expired")));
    expect(key).toEqual({ used: 7, state: "expired", sites: 7 });
  });

  it("provisioning keys are not API keys: they cannot authorize API calls, they exist only to bootstrap sites", async () => {
    const key = await makeKey("no-api-key");
    const { network, process } = realWorld({ ca: plane.ca?.pem ?? "" });
    onTestFinished(() => process.kill());
    const { paths }: { paths: Record<string, object> } = JSON.parse(
      (await network.request({ method: "GET", url: `${plane.url}/openapi.json`, timeoutMs: 5_000 })).body,
    );
    const statuses: [string, number][] = [];
    for (const path of Object.keys(paths).filter(
      (route) => route.startsWith("/v1/") && "get" in (paths[route] ?? {}),
    )) {
      const url = plane.url + path.replace(/\{(\w+)\}/g, (_, name) => (name === "org" ? plane.org : "1"));
      const headers = { authorization: `Bearer ${key.siteProvisioningKey}` };
      const { status } = await network.request({ method: "GET", url, headers, timeoutMs: 5_000 });
      statuses.push([path, status]);
    }
    expect(statuses.length).toBeGreaterThan(10);
    expect(statuses.filter(([, status]) => status !== 401)).toEqual([]);
    expect(await usesOf(key.siteProvisioningKeyId)).toBe(0);
  });
});

it("sites provisioned with a key can be placed into a pending state, so that administrators approve them", async () => {
  const key = await makeKey("pending", { approveNewSites: false });
  const box = new Box("pending");
  await box.live({ endpoint: plane.url, provisioningKey: key.siteProvisioningKey });
  const [pending] = await sitesOf(key.siteProvisioningKeyId);
  expect(pending?.status).toBe("pending");
  await plane.client.approveSite(pending?.siteId ?? 0);
  expect(exchanges(await box.live())).toEqual([]);
  expect(await sitesOf(key.siteProvisioningKeyId)).toMatchObject([{ siteId: pending?.siteId, status: "approved" }]);
});
