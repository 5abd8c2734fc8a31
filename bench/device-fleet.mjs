// Thousands of sites in one process, or the bare channels that they would stand on, and the memory that they take. Run with
// --expose-gc. One line of stdin says which: {sites: {url, provisioningKey, count, directory}} has sites of persona
// `hardened` live, each from a directory of its own, until all are online, their provisioning blueprints are confirmed and
// two heartbeats of each are answered; {channels: {url, newts: [{newtId, secret}]}} opens channels of one World that do
// nothing. The first fifth of them warms the process up: code, and pages that V8 keeps. The answer is one line of stdout:
// {before, after, count}, the first two each {resident, heap} in bytes after garbage collection, with the first fifth and
// with all of them; `count` came in between.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { NewtSite, realWorld } from "firstboot";

/** How many come online at a time. */
const atOnce = 50;
const timeoutMs = 30_000;
const beats = 2;
/** As long as two heartbeats take, milliseconds: by then nothing is left of the requests. */
const restMs = 35_000;

const blueprint = (index) => `public-resources:
  web-${index}:
    name: web-${index}
    mode: http
    full-domain: web-${index}.example.com
    targets:
      - { hostname: 127.0.0.1, port: 8080, method: http }
`;

const wishes = { sites: holdSites, channels: holdChannels };

/** Does `one` for each index, no more at a time than may be. */
async function forEach(from, to, one) {
  let next = from;
  const worker = async () => {
    while (next < to) await one(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** What those take that come after the first fifth; `hold` resolves when all from one index to another stand as they should. */
async function measured(count, hold) {
  const warm = Math.floor(count / 5);
  await hold(0, warm);
  const before = await memory();
  await hold(warm, count);
  return { before, after: await memory(), count: count - warm };
}

async function memory() {
  // Some of what is not used is let go by a later collection, and given back by threads of its own.
  for (let i = 0; i < 5; i++) {
    globalThis.gc();
    await sleep(200);
  }
  const { rss, heapUsed } = process.memoryUsage();
  return { resident: rss, heap: heapUsed };
}

async function holdSites({ url, provisioningKey, count, directory }) {
  for (let index = 0; index < count; index++) {
    const root = join(directory, `${index}`);
    mkdirSync(root);
    const config = { endpoint: url, provisioningKey, provisioningBlueprintFile: "blueprint.yaml" };
    writeFileSync(join(root, "newt.json"), JSON.stringify(config), { mode: 0o600 });
    writeFileSync(join(root, "blueprint.yaml"), blueprint(index));
  }
  // One function and two arrays for all of them, so that what is measured is the sites.
  const confirmed = new Uint8Array(count);
  const beaten = new Uint32Array(count);
  const settled = new Map();
  let steady = 0;
  let steadyAll = () => {};
  const onEvent = (index, event) => {
    if (event.type === "stopped") throw new Error(`site ${index} ended: ${JSON.stringify(event.reason)}`);
    if (event.type === "blueprint") {
      if (!event.success) throw new Error(`site ${index}: ${event.message}`);
      confirmed[index] = 1;
      settled.get(index)();
    }
    if (event.type === "heartbeat" && ++beaten[index] === beats) {
      steady++;
      steadyAll();
    }
  };
  return measured(count, async (from, to) => {
    const allSteady = new Promise((resolve) => {
      steadyAll = () => steady === to && resolve();
    });
    await forEach(from, to, async (index) => {
      const over = new Promise((settle) => settled.set(index, settle));
      const site = new NewtSite(realWorld({ root: join(directory, `${index}`) }), {
        configFile: "newt.json",
        onEvent: (event) => onEvent(index, event),
      });
      void site.run();
      await over;
      settled.delete(index);
    });
    await allSteady;
    if (confirmed.subarray(0, to).includes(0)) throw new Error("a site beats without its blueprint");
  });
}

async function holdChannels({ url, newts }) {
  const { network } = realWorld();
  const nothing = {};
  return measured(newts.length, async (from, to) => {
    await forEach(from, to, async (index) => {
      const answer = await network.request({
        method: "POST",
        url: `${url}/api/v1/auth/newt/get-token`,
        headers: { "content-type": "application/json" },
        body: JSON.stringify(newts[index]),
        timeoutMs,
      });
      const { token } = JSON.parse(answer.body).data;
      const at = `${url.replace(/^http/, "ws")}/api/v1/ws?clientType=newt&token=${token}`;
      const channel = await network.connect(at, { timeoutMs });
      channel.listen(nothing);
    });
    await sleep(restMs);
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  const [[name, wish]] = Object.entries(JSON.parse(line));
  process.stdout.write(`${JSON.stringify(await wishes[name](wish))}\n`);
}
process.exit();
