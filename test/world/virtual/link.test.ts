import { describe, expect, it } from "vitest";
import { NetworkError } from "../../../src/world/network.js";
import { type LinkProfile, linkProfiles, VirtualWorld } from "../../../src/world/virtual/index.js";
import { accepting, echo, failure, get, udpPort } from "../contract/stage.js";
import { connected, diary, minute, numbers, onlooker, still } from "./support.js";

describe("a link", () => {
  it.each(["lan", "mobile", "satellite"] as const)("of %s delays by its latency, more or less", async (name) => {
    const profile: LinkProfile = { ...linkProfiles[name], loss: 0, bandwidth: Number.POSITIVE_INFINITY };
    const virtual = new VirtualWorld({ seed: 1 });
    const delays = await virtual.run(async () => {
      const delays: number[] = [];
      const shop = virtual.host("shop", still).boot();
      const { port } = await shop.network.udp({ host: "0.0.0.0", port: 0 }, (data) => {
        delays.push(virtual.now - Number(Buffer.from(data).toString()));
      });
      const box = virtual.host("box", profile).boot();
      const socket = await box.network.udp({ host: "0.0.0.0", port: 0 }, () => {});
      for (let sent = 0; sent < 2_001; sent++) {
        socket.send(Buffer.from(String(virtual.now)), { host: "shop", port });
        await box.clock.sleep(1);
      }
      await box.clock.sleep(minute);
      return delays.sort((a, b) => a - b);
    });
    expect(delays).toHaveLength(2_001);
    expect((delays[1_000] ?? 0) / profile.latencyMs).toBeCloseTo(1, 1);
    expect((delays[1_980] ?? 0) / profile.latencyMs).toBeGreaterThan(1 + profile.jitter);
  });

  it("holds messages back while a partition lasts, and delivers all of them in order when it heals", async () => {
    const virtual = new VirtualWorld({ seed: 2 });
    const { during, entries, healed } = await virtual.run(async () => {
      const { near, far, box } = await connected(virtual, linkProfiles.mobile);
      const { entries } = diary(virtual, far);
      const clock = onlooker(virtual);
      box.link.side = 1;
      for (const number of numbers(20)) {
        near.send(number);
        await clock.sleep(1_000);
      }
      const during = entries.length;
      box.link.side = 0;
      const healed = virtual.now;
      for (const number of numbers(20)) {
        near.send(`later ${number}`);
        await clock.sleep(1_000);
      }
      await clock.sleep(2 * minute);
      return { during, entries, healed };
    });
    expect(during).toBe(0);
    expect(entries.map(({ what }) => what)).toEqual([...numbers(20), ...numbers(20).map((text) => `later ${text}`)]);
    expect(Math.max(...entries.slice(0, 20).map(({ at }) => at)) - healed).toBeLessThan(minute + 1_000);
  });

  it("gives a connection up that stays interrupted for a quarter of an hour", async () => {
    const virtual = new VirtualWorld({ seed: 3 });
    const { near, far } = await virtual.run(async () => {
      const ends = await connected(virtual);
      const near = diary(virtual, ends.near);
      const far = diary(virtual, ends.far);
      ends.box.link.up = false;
      ends.near.send("lost");
      await onlooker(virtual).sleep(20 * minute);
      ends.box.link.up = true;
      await onlooker(virtual).sleep(20 * minute);
      return { near: near.heard(), far: far.heard() };
    });
    expect(near).toEqual([1006]);
    expect(far).toEqual([]);
  });

  it("brings a stream's lost packet late, and every message once and in order", async () => {
    const virtual = new VirtualWorld({ seed: 4 });
    const { heard, late } = await virtual.run(async () => {
      const { near, far } = await connected(virtual, { ...still, latencyMs: 10, loss: 0.2 });
      const delays: number[] = [];
      const heard: string[] = [];
      far.listen({
        message: (message) => {
          const [number = "", at] = String(message).split(" ");
          heard.push(number);
          delays.push(virtual.now - Number(at));
        },
      });
      for (const number of numbers(300)) {
        near.send(`${number} ${virtual.now}`);
        await onlooker(virtual).sleep(50);
      }
      await onlooker(virtual).sleep(5 * minute);
      return { heard, late: delays.filter((delay) => delay >= 200).length };
    });
    expect(heard).toEqual(numbers(300));
    expect(late).toBeGreaterThan(20);
  });

  it("loses datagrams by its share of loss and lets them overtake each other", async () => {
    const virtual = new VirtualWorld({ seed: 5 });
    const heard = await virtual.run(async () => {
      const far = await udpPort(virtual.host("shop", still).boot(), { host: "0.0.0.0", port: 0 });
      const box = virtual.host("box", { ...linkProfiles.mobile, loss: 0.2 }).boot();
      const near = await udpPort(box, { host: "0.0.0.0", port: 0 });
      for (const number of numbers(1_000)) {
        near.socket.send(Buffer.from(number), { host: "shop", port: far.socket.port });
        await box.clock.sleep(5);
      }
      await box.clock.sleep(minute);
      return far.texts().map(Number);
    });
    expect(new Set(heard).size).toBe(heard.length);
    expect(heard.length).toBeGreaterThan(750);
    expect(heard.length).toBeLessThan(850);
    expect(heard).not.toEqual([...heard].sort((a, b) => a - b));
  });

  it("takes its time for a large body, in each direction", async () => {
    const virtual = new VirtualWorld({ seed: 6 });
    const { up, down } = await virtual.run(async () => {
      const shop = virtual.host("shop", still).boot();
      const request = async (asked: Request) => new Response((await asked.text()) === "" ? "x".repeat(100_000) : "");
      await shop.network.listen({ host: "0.0.0.0", port: 80 }, { ...echo, request });
      const box = virtual.host("box", { ...still, bandwidth: 10_000 }).boot();
      const start = virtual.now;
      const body = "x".repeat(200_000);
      await box.network.request({ method: "POST", url: "http://shop/", body, timeoutMs: minute });
      const up = virtual.now - start;
      await get(box, "http://shop/", minute);
      return { up, down: virtual.now - start - up };
    });
    expect(up).toBeGreaterThanOrEqual(20_000);
    expect(up).toBeLessThan(21_000);
    expect(down).toBeGreaterThanOrEqual(10_000);
    expect(down).toBeLessThan(11_000);
  });

  it("takes its time for each of the messages that are sent in one moment", async () => {
    const virtual = new VirtualWorld({ seed: 6 });
    const { entries, start } = await virtual.run(async () => {
      const { near, far } = await connected(virtual, { ...still, bandwidth: 10_000 });
      const { entries } = diary(virtual, far);
      const start = virtual.now;
      for (let sent = 0; sent < 3; sent++) near.send("x".repeat(100_000));
      await onlooker(virtual).sleep(minute);
      return { entries, start };
    });
    expect(entries).toHaveLength(3);
    expect((entries[2]?.at ?? 0) - start).toBeGreaterThanOrEqual(30_000);
  });

  it("that loses everything is refused: such a link is down", () => {
    const { link } = new VirtualWorld({ seed: 6 }).host("box");
    expect(() => {
      link.profile = { ...still, loss: 1 };
    }).toThrow(RangeError);
  });

  it("has no part in what a host says to itself", async () => {
    const virtual = new VirtualWorld({ seed: 6 });
    const { took, status } = await virtual.run(async () => {
      const box = virtual.host("box", linkProfiles.satellite);
      box.link.up = false;
      const world = box.boot();
      await world.network.listen({ host: "127.0.0.1", port: 80 }, echo);
      const start = virtual.now;
      const { status } = await get(world, "http://localhost/");
      return { took: virtual.now - start, status };
    });
    expect(status).toBe(201);
    expect(took).toBeLessThan(5);
  });
});

describe("a connection that breaks", () => {
  it("is heard of by both ends or by neither", async () => {
    const endings = await Promise.all(
      numbers(40).map((seed) => {
        const virtual = new VirtualWorld({ seed });
        return virtual.run(async () => {
          const { near, far, box } = await connected(virtual);
          const [one, other] = [diary(virtual, near), diary(virtual, far)];
          box.link.profile = { ...linkProfiles.lan, cut: 1 };
          near.send("never arrives");
          await onlooker(virtual).sleep(minute);
          return [one.heard(), other.heard()];
        });
      }),
    );
    expect(endings).toContainEqual([[1006], [1006]]);
    expect(endings).toContainEqual([[], []]);
    expect(endings.filter(([one, other]) => JSON.stringify(one) !== JSON.stringify(other))).toEqual([]);
  });

  it("leaves both ends open and silent when the way between them forgets it", async () => {
    const virtual = new VirtualWorld({ seed: 8 });
    const { heard, open } = await virtual.run(async () => {
      const { near, far, box } = await connected(virtual);
      const [one, other] = [diary(virtual, near), diary(virtual, far)];
      box.forgetConnections();
      near.send("into the void");
      far.send("too");
      near.ping();
      await onlooker(virtual).sleep(5 * minute);
      return { heard: [one.heard(), other.heard()], open: [near.open, far.open] };
    });
    expect(heard).toEqual([[], []]);
    expect(open).toEqual([true, true]);
  });

  it("is given up by who sent into it, also what was on its way when it was forgotten", async () => {
    const virtual = new VirtualWorld({ seed: 8 });
    const { one, other } = await virtual.run(async () => {
      const { near, far, box } = await connected(virtual, { ...still, latencyMs: 100 });
      const [one, other] = [diary(virtual, near), diary(virtual, far)];
      near.send("on its way");
      box.forgetConnections();
      await onlooker(virtual).sleep(20 * minute);
      return { one: one.heard(), other: other.heard() };
    });
    expect(one).toEqual([1006]);
    expect(other).toEqual([]);
  });

  it("fails a dial or leaves it to its time-out when it breaks before the handshake is over", async () => {
    const kinds = await Promise.all(
      numbers(30).map((seed) => {
        const virtual = new VirtualWorld({ seed });
        return virtual.run(async () => {
          const shop = virtual.host("shop", { ...still, cut: 1 }).boot();
          await shop.network.listen(
            { host: "0.0.0.0", port: 80 },
            accepting(() => {}),
          );
          const dial = virtual.host("box").boot().network.connect("ws://shop/", { timeoutMs: minute });
          const error = await failure(dial);
          return error instanceof NetworkError ? error.kind : error;
        });
      }),
    );
    expect(new Set(kinds)).toEqual(new Set(["network", "timeout"]));
  });

  it("fails a request or leaves it to its time-out", async () => {
    const kinds = await Promise.all(
      numbers(30).map((seed) => {
        const virtual = new VirtualWorld({ seed });
        return virtual.run(async () => {
          await virtual.host("shop", still).boot().network.listen({ host: "0.0.0.0", port: 80 }, echo);
          const box = virtual.host("box", { ...linkProfiles.lan, cut: 1 }).boot();
          const error = await failure(get(box, "http://shop/"));
          return error instanceof NetworkError ? error.kind : error;
        });
      }),
    );
    expect(new Set(kinds)).toEqual(new Set(["network", "timeout"]));
  });
});
