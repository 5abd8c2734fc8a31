import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { Worker } from "node:worker_threads";
import { afterAll, describe, expect, it } from "vitest";
import { realWorld } from "../../src/world/real/index.js";
import { failure, patience } from "./contract/stage.js";
import { listening } from "./serving.js";

const { network, process } = realWorld();
afterAll(() => process.kill());

const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));

async function doorkeeper(host: string) {
  const guests: Socket[] = [];
  const server = createServer((socket) => guests.push(socket.resume().on("error", () => {})));
  return { guests, server, port: await listening(server, host) };
}

/** A port whose system takes a few connections for a program that stands still, and no more. */
async function crowd() {
  const worker = new Worker(
    `const { parentPort } = require("node:worker_threads");
     const server = require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
     });`,
    { eval: true },
  );
  const [port]: number[] = await once(worker, "message");
  if (port === undefined) throw new Error("the crowd has no port");
  const waiting = [...Array(8)].map(() => connect(port, "127.0.0.1").on("error", () => {}));
  await once(waiting[0] ?? worker, "connect");
  return {
    port,
    leave: async () => {
      for (const socket of waiting) socket.destroy();
      await worker.terminate();
    },
  };
}

describe("a knock on this machine", () => {
  it("leaves at once", async () => {
    const { guests, server, port } = await doorkeeper("127.0.0.1");
    await network.knock({ host: "localhost", port, ...patience });
    await expect.poll(() => guests.map(({ readableEnded }) => readableEnded)).toEqual([true]);
    expect(guests.map(({ bytesRead }) => bytesRead)).toEqual([0]);
    server.close();
    await once(server, "close");
  });

  it.skipIf(!hasIpv6)("finds an IPv6 address", async () => {
    const { server, port } = await doorkeeper("::1");
    await network.knock({ host: "::1", port, ...patience });
    server.close();
  });

  it("waits no longer than its time", async () => {
    const { port, leave } = await crowd();
    const error = await failure(network.knock({ host: "127.0.0.1", port, timeoutMs: 50 }));
    expect(error).toMatchObject({ name: "NetworkError", kind: "timeout", message: "no connection within 50 ms" });
    await leave();
  });

  it("ends with its process", async () => {
    const { port, leave } = await crowd();
    const mortal = realWorld();
    const settled: string[] = [];
    const note = (): unknown => settled.push("settled");
    mortal.network.knock({ host: "127.0.0.1", port, timeoutMs: 20 }).then(note, note);
    mortal.process.kill();
    await failure(network.knock({ host: "127.0.0.1", port, timeoutMs: 50 }));
    expect(settled).toEqual([]);
    await leave();
  });
});
