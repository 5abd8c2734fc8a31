import { afterEach, describe, expect, it } from "vitest";
import { hardened, newt } from "../../src/device/index.js";
import { box, closeAll, key, live, serve } from "./support/life.js";
import { registerPath, send } from "./support/newt.js";
import { probed } from "./support/node.js";
import { alive, exitNode, registers, wire, withPlaces } from "./support/wire.js";

afterEach(closeAll);

const second = 1_000;
const minute = 60 * second;

describe("a hostile server", () => {
  it("that wants a restart in each session is obeyed with a back-off", () =>
    wire(
      { persona: hardened, answers: ({ type }, site) => type === "newt/ping" && site.say("newt/wg/restart", {}) },
      async (site) => {
        await site.sleep(20 * minute);
        expect(site.upgrades.length).toBeGreaterThan(5);
        expect(site.upgrades.length).toBeLessThan(30);
      },
    ));

  it("that wants a restart a thousand times at once gets one", () =>
    wire({ persona: hardened, answers: alive() }, async (site) => {
      await site.sleep(40 * second);
      for (let nth = 0; nth < 1_000; nth++) site.say("newt/wg/restart", {});
      await site.sleep(minute);
      expect(site.upgrades).toHaveLength(2);
      expect(site.said("close 1000")).toHaveLength(1);
    }));

  it("that offers a thousand exit nodes again and again has a hundred looked at, one offer at a time", async () => {
    const nodes = Array.from({ length: 1_000 }, (_, id) => exitNode(id, `10.0.${id >> 8}.${id & 255}`));
    await wire({ persona: hardened, answers: alive() }, async (site) => {
      await site.sleep(second);
      for (let nth = 0; nth < 20; nth++) site.say("newt/ping/exitNodes", { exitNodes: nodes });
      await site.sleep(5 * minute);
      expect(registers(site).length).toBeGreaterThan(0);
      expect(registers(site)[0]?.data.pingResults).toHaveLength(100);
      const chains = new Set(registers(site).map(({ data }) => data.chainId));
      expect(chains.size).toBe(1);
    });
  });

  it("that says more in one message than a site could have to do is not listened to", () =>
    wire({ persona: hardened, answers: withPlaces }, async (site) => {
      await site.sleep(second);
      const listen = (count: number) => Array.from({ length: count }, (_, nth) => `${nth % 60_000}:a:1`);
      site.say("newt/tcp/add", { targets: listen(60_000) }, 7);
      site.say("newt/tcp/add", { targets: listen(100_001) }, 8);
      site.sayCompressed("newt/tcp/add", { targets: listen(100_001) }, 9);
      site.say("newt/tcp/add", { targets: ["1".repeat(5 << 20)] }, 10);
      await site.sleep(minute);
      expect(site.last("newt/ping")?.configVersion).toBe(7);
      expect(site.channels).toHaveLength(1);
    }));

  it("cannot fill the memory bit by bit: after 16 MiB of differences the whole must be told", () =>
    wire({ persona: hardened, answers: withPlaces }, async (site) => {
      await site.sleep(second);
      const long = "1".repeat(1 << 20);
      for (let nth = 1; nth <= 20; nth++) site.say("newt/wg/subnets/add", { subnets: [`${nth}.${long}`] }, nth);
      await site.sleep(minute);
      expect(site.said("newt/ping").at(-1)?.configVersion).toBe(15);
    }));

  it.each([newt, hardened])("that answers without end costs $name no memory", async (persona) => {
    const endless = { status: 200, body: { data: { token: "t".repeat(4 << 20) }, success: true } };
    const server = await serve({ token: [endless, endless] });
    const disk = box();
    disk.write("newt.json", { endpoint: server.url, id: "a", secret: "b" });
    const { site, diary } = live(disk.boot(), { persona });
    expect(await diary.happened("failed")).toMatchObject({ step: "token", kind: "answer" });
    await site.stop();
    expect(server.asked(registerPath)).toEqual([]);
  });

  it("that sends one message of twenty megabytes loses its channel", async () => {
    const server = await serve();
    const disk = box();
    disk.write("newt.json", { endpoint: server.url, provisioningKey: key });
    const { site, diary } = live(disk.boot());
    await diary.happened("connected");
    const [channel] = server.channels;
    if (channel) send(channel, "newt/tcp/add", { targets: ["1".repeat(20 << 20)] });
    expect((await diary.happened("disconnected")).code).toBe(1006);
    await site.stop();
  });
});

it("an offer that comes while another is looked at takes its place", () =>
  wire({ persona: hardened, answers: alive() }, async (site) => {
    await probed(site, "slow", 4 * second);
    await probed(site, "near", 20);
    await site.sleep(second);
    site.say("newt/ping/exitNodes", { exitNodes: [exitNode(1, "slow"), exitNode(2, "near")] });
    await site.sleep(second);
    site.say("newt/ping/exitNodes", { exitNodes: [exitNode(3, "near"), exitNode(4, "near")] });
    await site.sleep(minute);
    const ids = registers(site).map(({ data }) => data.pingResults?.map(({ exitNodeId }) => exitNodeId));
    expect(new Set(ids.map(String))).toEqual(new Set(["3,4"]));
  }));
