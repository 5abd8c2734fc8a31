import { describe, expect, it } from "vitest";
import type { Channel } from "../../../src/world/network.js";
import { type LinkProfile, linkProfiles, type VirtualHost, VirtualWorld } from "../../../src/world/virtual/index.js";
import { keepsThePromisesOfNetwork } from "../contract/network.js";
import { accepting, echo, failure, get, moment, type Perform, type Stage, udpPort } from "../contract/stage.js";
import { answerOf, connected, diary, garbageCollector, minute, numbers, onlooker, still } from "./support.js";

const tls = { certificate: "-", key: "-" };

/** A stage whose clients have a link of their own. */
function over(link: LinkProfile): Perform {
  return (trial) => {
    const virtual = new VirtualWorld({ seed: 7, link: linkProfiles.lan });
    let clients = 0;
    const client = (): VirtualHost => virtual.host(`client-${++clients}`, link);
    const device = client();
    const stage = (): Stage => ({
      server: virtual.host("server").boot(),
      device: () => device.boot(),
      stranger: () => {
        const host = client();
        host.link.trusts = false;
        return host.boot();
      },
      host: "0.0.0.0",
      name: "server",
      tls,
    });
    return virtual.run(() => trial(stage()));
  };
}

describe.each(["none", "lan", "mobile"] as const)("a virtual network over %s keeps the promises", (name) => {
  // A datagram may be lost by right, and a trial that waits for it in vain shows nothing.
  keepsThePromisesOfNetwork(over(linkProfiles[name]), over({ ...linkProfiles[name], loss: 0, jitter: 0 }));
});

describe("a server", () => {
  it("closes within a second although one of its channels never answers", async () => {
    const virtual = new VirtualWorld({ seed: 14 });
    const { took, heard } = await virtual.run(async () => {
      const accepted = moment<Channel>();
      const shop = virtual.host("shop", still).boot();
      const server = await shop.network.listen({ host: "0.0.0.0", port: 80 }, accepting(accepted.resolve));
      const box = virtual.host("box");
      await box.boot().network.connect("ws://shop/", { timeoutMs: minute });
      const far = diary(virtual, await accepted.come);
      box.forgetConnections();
      const start = virtual.now;
      await server.close();
      const took = virtual.now - start;
      await onlooker(virtual).sleep(1);
      return { took, heard: far.heard() };
    });
    expect(took).toBeGreaterThanOrEqual(1_000);
    expect(took).toBeLessThan(1_100);
    expect(heard).toEqual([1006]);
  });

  it("keeps nothing of channels that are gone", async () => {
    const virtual = new VirtualWorld({ seed: 14 });
    const gone: WeakRef<Channel>[] = [];
    const box = virtual.host("box");
    await virtual.run(async () => {
      const shop = virtual.host("shop", still).boot();
      await shop.network.listen(
        { host: "0.0.0.0", port: 80 },
        accepting((channel) => gone.push(new WeakRef(channel))),
      );
      const { clock, network } = box.boot();
      for (let count = 0; count < 20; count++) {
        (await network.connect("ws://shop/", { timeoutMs: minute })).close();
        await clock.sleep(minute);
      }
    });
    garbageCollector()();
    expect(gone.filter((channel) => channel.deref()).length).toBeLessThan(3);
  });

  it("on the loopback is there for its own host alone", async () => {
    const virtual = new VirtualWorld({ seed: 15 });
    const { own, other } = await virtual.run(async () => {
      const shop = virtual.host("shop", still).boot();
      await shop.network.listen({ host: "127.0.0.1", port: 80 }, echo);
      return {
        own: await answerOf(get(shop, "http://localhost/")),
        other: await failure(get(virtual.host("box").boot(), "http://shop/")),
      };
    });
    expect(own).toBe(201);
    expect(other).toMatchObject({ name: "NetworkError", kind: "network" });
  });
});

describe("a host without power", () => {
  it("leaves its peers in silence until it is back, then tells them at their next message", async () => {
    const virtual = new VirtualWorld({ seed: 9 });
    const { dark, back, told } = await virtual.run(async () => {
      const { near, shop } = await connected(virtual);
      const one = diary(virtual, near);
      const clock = onlooker(virtual);
      shop.losePower();
      await clock.sleep(minute);
      const dark = one.heard();
      shop.boot();
      await clock.sleep(minute);
      const back = one.heard();
      near.send("are you there?");
      await clock.sleep(1_000);
      return { dark, back, told: one.heard() };
    });
    expect(dark).toEqual([]);
    expect(back).toEqual([]);
    expect(told).toEqual([1006]);
  });

  it("answers a message that was sent to it in the dark when it is back", async () => {
    const virtual = new VirtualWorld({ seed: 9 });
    const { dark, told } = await virtual.run(async () => {
      const { near, shop } = await connected(virtual);
      const one = diary(virtual, near);
      const clock = onlooker(virtual);
      shop.losePower();
      near.send("are you there?");
      await clock.sleep(minute);
      const dark = one.heard();
      shop.boot();
      await clock.sleep(2 * minute);
      return { dark, told: one.heard() };
    });
    expect(dark).toEqual([]);
    expect(told).toEqual([1006]);
  });

  it("sends nothing again that it had not delivered when the power went", async () => {
    const virtual = new VirtualWorld({ seed: 10 });
    const heard = await virtual.run(async () => {
      const { near, far, shop } = await connected(virtual, { ...still, latencyMs: 100 });
      const one = diary(virtual, near);
      const clock = onlooker(virtual);
      shop.link.up = false;
      far.send("ghost");
      await clock.sleep(1_000);
      shop.losePower();
      shop.link.up = true;
      shop.boot();
      await clock.sleep(5 * minute);
      return one.heard();
    });
    expect(heard).toEqual([]);
  });

  it("tells its peers at their next message though it had something to say when the power went", async () => {
    const virtual = new VirtualWorld({ seed: 10 });
    const heard = await virtual.run(async () => {
      const { near, far, shop } = await connected(virtual, { ...still, latencyMs: 100 });
      const one = diary(virtual, near);
      const clock = onlooker(virtual);
      shop.link.up = false;
      far.send("ghost");
      await clock.sleep(1_000);
      shop.losePower();
      shop.link.up = true;
      shop.boot();
      near.send("are you there?");
      await clock.sleep(5 * minute);
      return one.heard();
    });
    expect(heard).toEqual([1006]);
  });

  it("lets requests to it run into their time-out", async () => {
    const virtual = new VirtualWorld({ seed: 10 });
    const { error, took } = await virtual.run(async () => {
      virtual.host("shop", still).losePower();
      const start = virtual.now;
      const error = await failure(get(virtual.host("box").boot(), "http://shop/", 1_234));
      return { error, took: virtual.now - start };
    });
    expect(error).toMatchObject({ kind: "timeout" });
    expect(took).toBe(1_234);
  });
});

describe("a name", () => {
  it("is not found where names are not, but an address is, and the host itself", async () => {
    const virtual = new VirtualWorld({ seed: 11 });
    const { byName, byAddress, own, texts } = await virtual.run(async () => {
      const shop = virtual.host("shop");
      const server = shop.boot();
      await server.network.listen({ host: "0.0.0.0", port: 80 }, echo);
      const far = await udpPort(server, { host: "0.0.0.0", port: 0 });
      const box = virtual.host("box");
      box.link.resolves = false;
      const world = box.boot();
      await world.network.listen({ host: "127.0.0.1", port: 80 }, echo);
      const near = await udpPort(world, { host: "0.0.0.0", port: 0 });
      near.socket.send(Buffer.from("by name"), { host: "shop", port: far.socket.port });
      near.socket.send(Buffer.from("by address"), { host: shop.address, port: far.socket.port });
      await world.clock.sleep(1_000);
      return {
        byName: await failure(get(world, "http://shop/")),
        byAddress: await answerOf(get(world, `http://${shop.address}/`)),
        own: await answerOf(get(world, "http://localhost/")),
        texts: far.texts(),
      };
    });
    expect(byName).toMatchObject({ name: "NetworkError", kind: "dns" });
    expect({ byAddress, own }).toEqual({ byAddress: 201, own: 201 });
    expect(texts).toEqual(["by address"]);
  });
});

describe("a time-out", () => {
  it("comes at exactly its time", async () => {
    const virtual = new VirtualWorld({ seed: 12, link: linkProfiles.mobile });
    const times = await virtual.run(async () => {
      const silent = { request: () => new Promise<never>(() => {}), upgrade: () => new Promise<never>(() => {}) };
      await virtual.host("shop").boot().network.listen({ host: "0.0.0.0", port: 80 }, silent);
      const { network } = virtual.host("box").boot();
      const start = virtual.now;
      await failure(network.request({ method: "GET", url: "http://shop/", timeoutMs: 7_777 }));
      const asked = virtual.now;
      await failure(network.connect("ws://shop/", { timeoutMs: 3_333 }));
      return [asked - start, virtual.now - asked];
    });
    expect(times[0]).toBeCloseTo(7_777, 6);
    expect(times[1]).toBeCloseTo(3_333, 6);
  });

  it("of a channel that comes too late drops it at the server", async () => {
    const virtual = new VirtualWorld({ seed: 13 });
    const { error, heard } = await virtual.run(async () => {
      const decide = moment<void>();
      const accepted = moment<Channel>();
      const upgrade = async () => {
        await decide.come;
        return { accept: accepted.resolve };
      };
      await virtual
        .host("shop")
        .boot()
        .network.listen({ host: "0.0.0.0", port: 80 }, { ...echo, upgrade });
      const error = await failure(virtual.host("box").boot().network.connect("ws://shop/", { timeoutMs: 100 }));
      decide.resolve(undefined);
      const far = diary(virtual, await accepted.come);
      await onlooker(virtual).sleep(1_000);
      return { error, heard: far.heard() };
    });
    expect(error).toMatchObject({ kind: "timeout" });
    expect(heard).toEqual([1006]);
  });
});

describe("a run", () => {
  async function hashOf(seed: number): Promise<string> {
    const virtual = new VirtualWorld({ seed });
    await virtual.run(async () => {
      const { near, far, box } = await connected(virtual, linkProfiles.mobile);
      far.listen({ message: (message) => far.send(message) });
      const { entries } = diary(virtual, near);
      for (const number of numbers(50)) {
        near.send(number);
        await onlooker(virtual).sleep(10);
      }
      await onlooker(virtual).sleep(minute);
      box.kill();
      return entries;
    });
    return virtual.hash;
  }

  it("has the hash of its seed", async () => {
    expect(await hashOf(1)).toBe(await hashOf(1));
    expect(await hashOf(2)).not.toBe(await hashOf(1));
  });

  it("has another hash when one payload differs", async () => {
    const hash = async (text: string): Promise<string> => {
      const virtual = new VirtualWorld({ seed: 1, link: still });
      await virtual.run(async () => {
        const { near } = await connected(virtual, still);
        near.send(text);
        await onlooker(virtual).sleep(1);
      });
      return virtual.hash;
    };
    expect(await hash("a")).toBe(await hash("a"));
    expect(await hash("b")).not.toBe(await hash("a"));
  });
});
