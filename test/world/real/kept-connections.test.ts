import { once } from "node:events";
import { createServer } from "node:http";
import type { Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { realWorld } from "../../../src/world/real/index.js";
import { listening } from "../serving.js";

/** A server that counts its connections and answers when it is let. */
async function counting() {
  const sockets: Socket[] = [];
  let waiting: (() => void)[] = [];
  const server = createServer((request, answer) => {
    if (request.url === "/wait") waiting.push(() => answer.end("late"));
    else answer.end("at once");
  });
  server.on("connection", (socket) => sockets.push(socket));
  const port = await listening(server);
  onTestFinished(() => void server.close().closeAllConnections());
  return {
    url: `http://127.0.0.1:${port}`,
    connections: () => sockets.length,
    /** Ends the last connection; resolves when the other end has, too. */
    hangUp: async () => {
      const gone = sockets.at(-1)?.end();
      if (gone) await once(gone, "close");
    },
    waiting: () => waiting.length,
    answer: () => {
      for (const end of waiting) end();
      waiting = [];
    },
  };
}

function client() {
  const world = realWorld();
  onTestFinished(() => world.process.kill());
  return (url: string) => world.network.request({ method: "GET", url, timeoutMs: 5_000 });
}

test("requests one after the other share a connection, and a new one is opened once it is gone", async () => {
  const { url, connections, hangUp } = await counting();
  const get = client();
  for (let i = 0; i < 3; i++) expect((await get(url)).body).toBe("at once");
  expect(connections()).toBe(1);
  await hangUp();
  for (let i = 0; i < 2; i++) expect((await get(url)).body).toBe("at once");
  expect(connections()).toBe(2);
});

test("requests at the same time do not wait for each other", async () => {
  const { url, connections, waiting, answer } = await counting();
  const get = client();
  const slow = [get(`${url}/wait`), get(`${url}/wait`)];
  expect((await get(url)).body).toBe("at once");
  await expect.poll(waiting).toBe(2);
  expect(connections()).toBe(3);
  answer();
  expect((await Promise.all(slow)).map(({ body }) => body)).toEqual(["late", "late"]);
});

test("a request to another server does not disturb the one before", async () => {
  const [one, other] = [await counting(), await counting()];
  const get = client();
  for (const { url } of [one, other, one]) expect((await get(url)).body).toBe("at once");
  expect([one.connections(), other.connections()]).toEqual([2, 1]);
});
