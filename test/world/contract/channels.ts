import { expect, it } from "vitest";
import type { Channel, Message } from "../../../src/world/network.js";
import { accepting, echo, failure, moment, next, type Perform, patience, type Stage } from "./stage.js";

/** Both ends of a new channel. */
async function pair({ server, device, host, name }: Stage) {
  const accepted = moment<Channel>();
  const { port } = await server.network.listen({ host, port: 0 }, accepting(accepted.resolve));
  const world = device();
  const near = await world.network.connect(`ws://${name}:${port}/`, patience);
  return { near, far: await accepted.come, world };
}

/** The code and reason with which a channel ends. */
function end(channel: Channel): Promise<{ readonly code: number; readonly reason: string }> {
  return new Promise((resolve) => channel.listen({ close: (code, reason) => resolve({ code, reason }) }));
}

/** What `Network` promises of channels. */
export function keepsItsPromisesOfChannels(perform: Perform): void {
  it("carries text and bytes over a channel, and the reason of its end", async () => {
    const { heard, ended, open } = await perform(async ({ server, device, host, name, tls }) => {
      const { port } = await server.network.listen({ host, port: 0, tls }, echo);
      const channel = await device().network.connect(`wss://${name}:${port}/echo`, patience);
      const heard: (Message | number)[] = [];
      for (const message of ["text", Buffer.of(1, 2)]) {
        channel.send(message);
        heard.push(await next(channel));
      }
      channel.send("bye");
      return { heard, ended: await end(channel), open: channel.open };
    });
    expect(heard).toEqual(["text", Buffer.of(1, 2)]);
    expect(ended).toEqual({ code: 4001, reason: "asked to" });
    expect(open).toBe(false);
  });

  it("carries a message as it was when it was sent", async () => {
    const heard = await perform(async (stage) => {
      const { near, far } = await pair(stage);
      const bytes = Buffer.of(1, 2);
      near.send(bytes);
      bytes.fill(9);
      return next(far);
    });
    expect(heard).toEqual(Buffer.of(1, 2));
  });

  it("keeps the first messages for a listener that comes later, and none beyond", async () => {
    const { early, late } = await perform(async (stage) => {
      const { near, far } = await pair(stage);
      far.send("one");
      far.send("two");
      // The answer to a ping says that what came before it is there.
      await new Promise<void>((resolve) => {
        far.listen({ pong: resolve });
        far.ping();
      });
      far.listen({ message: (message) => far.send(message) });
      const early: Message[] = [];
      near.listen({ message: (message) => early.push(message) });
      near.send("three");
      await new Promise<void>((resolve) => {
        near.listen({ pong: resolve });
        near.ping();
      });
      const late: Message[] = [];
      await new Promise<void>((resolve) => {
        near.listen({ message: (message) => late.push(message) === 1 && resolve() });
        near.send("four");
      });
      return { early, late };
    });
    expect(early).toEqual(["one", "two"]);
    expect(late).toEqual(["four"]);
  });

  it("answers a ping and tells both ends", async () => {
    const heard = await perform(async (stage) => {
      const { near, far } = await pair(stage);
      const heard: string[] = [];
      far.listen({ ping: () => heard.push("ping") });
      await new Promise<void>((resolve) => {
        near.listen({ pong: resolve });
        near.ping();
      });
      return heard;
    });
    expect(heard).toEqual(["ping"]);
  });

  it("shows a server the path, the query and the headers of an upgrade, their names in lower case", async () => {
    const seen = await perform(async ({ server, device, host, name }) => {
      const listener = {
        ...echo,
        upgrade: async ({ url, headers }: { url: URL; headers: Readonly<Record<string, string>> }) => ({
          accept: (channel: Channel) => channel.send(`${url.pathname}${url.search} ${headers["x-mark"]}`),
        }),
      };
      const { port } = await server.network.listen({ host, port: 0 }, listener);
      const headers = { "X-Mark": "3" };
      return next(await device().network.connect(`ws://${name}:${port}/a?b=c`, { headers, ...patience }));
    });
    expect(seen).toBe("/a?b=c 3");
  });

  it("refuses a channel before the handshake, with 500 when the server's code fails", async () => {
    const refusals = await perform(async ({ server, device, host, name }) => {
      const upgrade = () => Promise.reject(new Error("broken"));
      const broken = await server.network.listen({ host, port: 0 }, { ...echo, upgrade });
      const refusing = await server.network.listen({ host, port: 0 }, echo);
      const dial = (port: number) => failure(device().network.connect(`ws://${name}:${port}/other`, patience));
      return [await dial(refusing.port), await dial(broken.port)];
    });
    expect(refusals).toMatchObject([
      { name: "UpgradeRefused", status: 401 },
      { name: "UpgradeRefused", status: 500 },
    ]);
  });

  it("hears its own goodbye back from an end that is there, and another code from one that is not", async () => {
    const codes = await perform(async (stage) => {
      const [there, leaving, gone] = [await pair(stage), await pair(stage), await pair(stage)];
      const heard = Promise.all([there, leaving, gone].map(({ far }) => end(far)));
      there.far.close(4000, "replaced");
      leaving.near.close(1000);
      gone.world.process.kill();
      await stage.server.clock.sleep(20);
      leaving.far.close(4000, "replaced");
      gone.far.close(4000, "replaced");
      return (await heard).map(({ code }) => code);
    });
    expect(codes).toEqual([4000, 1000, 1006]);
  });

  it("does nothing on a channel that is not open", async () => {
    const { heard, ends } = await perform(async (stage) => {
      const { near, far } = await pair(stage);
      const heard: (Message | string)[] = [];
      const ends: number[] = [];
      const ended = new Promise<void>((resolve) => {
        far.listen({
          message: (message) => heard.push(message),
          ping: () => heard.push("ping"),
          close: (code) => {
            ends.push(code);
            resolve();
          },
        });
      });
      near.close(1000);
      near.send("more");
      near.ping();
      near.close(4000);
      await ended;
      await end(near);
      near.send("more");
      near.ping();
      near.close(4000);
      near.terminate();
      await stage.server.clock.sleep(20);
      return { heard, ends };
    });
    expect(heard).toEqual([]);
    expect(ends).toEqual([1000]);
  });

  it("tells both ends of a channel that one drops", async () => {
    const ends = await perform(async (stage) => {
      const { near, far } = await pair(stage);
      const ends = Promise.all([end(near), end(far)]);
      near.terminate();
      return ends;
    });
    expect(ends).toMatchObject([{ code: 1006 }, { code: 1006 }]);
  });

  it.each(["device", "server"] as const)("drops the channels of a killed %s without a goodbye", async (who) => {
    const ended = await perform(async (stage) => {
      const { near, far, world } = await pair(stage);
      const ended = end(who === "device" ? far : near);
      (who === "device" ? world : stage.server).process.kill();
      return ended;
    });
    expect(ended).toMatchObject({ code: 1006 });
  });

  it("ends a channel at once whose device is killed while the server makes up its mind", async () => {
    const ended = await perform(async ({ server, device, host, name }) => {
      const asked = moment<void>();
      const decide = moment<void>();
      const accepted = moment<Channel>();
      const listener = {
        ...echo,
        upgrade: async () => {
          asked.resolve(undefined);
          await decide.come;
          return { accept: accepted.resolve };
        },
      };
      const { port } = await server.network.listen({ host, port: 0 }, listener);
      const world = device();
      void world.network.connect(`ws://${name}:${port}/`, patience);
      await asked.come;
      world.process.kill();
      decide.resolve(undefined);
      // A server may as well notice before it takes the channel.
      return Promise.race([accepted.come.then(end), server.clock.sleep(100)]);
    });
    expect([undefined, expect.objectContaining({ code: 1006 })]).toContainEqual(ended);
  });

  it("says goodbye to the channels of a server that closes, and to no others", async () => {
    const { code, heard, own } = await perform(async ({ server, device, host, name }) => {
      const closing = await server.network.listen({ host, port: 0 }, echo);
      const staying = await server.network.listen({ host, port: 0 }, echo);
      const channel = await device().network.connect(`ws://${name}:${closing.port}/echo`, patience);
      const other = await device().network.connect(`ws://${name}:${staying.port}/echo`, patience);
      const own = await server.network.connect(`ws://${name}:${staying.port}/echo`, patience);
      const goodbye = end(channel);
      await closing.close();
      other.send("still there");
      own.send("too");
      return { code: (await goodbye).code, heard: await next(other), own: await next(own) };
    });
    expect(code).toBe(1001);
    expect(heard).toBe("still there");
    expect(own).toBe("too");
  });

  it("refuses a channel that its server has not taken when it closes", async () => {
    const refused = await perform(async ({ server, device, host, name }) => {
      const asked = moment<void>();
      const decide = moment<void>();
      const listener = {
        ...echo,
        upgrade: async () => {
          asked.resolve(undefined);
          await decide.come;
          return { accept: () => {} };
        },
      };
      const closing = await server.network.listen({ host, port: 0 }, listener);
      const dialled = failure(device().network.connect(`ws://${name}:${closing.port}/`, patience));
      await asked.come;
      const closed = closing.close();
      decide.resolve(undefined);
      await closed;
      return dialled;
    });
    expect(refused).toMatchObject({ name: "UpgradeRefused", status: 503 });
  });
}
