import { afterEach, expect, test } from "vitest";
import type { World } from "../../src/world/world.js";
import type { Box } from "./support/box.js";
import type { EventDiary } from "./support/diary.js";
import { cloud, liveDevice, provisionPath, writeEnv } from "./support/edgeflow.js";
import { box, closeAll, key, live, serve } from "./support/life.js";
import { registerPath } from "./support/newt.js";
import type { ScriptedServer } from "./support/server.js";

afterEach(closeAll);

/** The World with each operation of disk and network announced, just before it begins. */
function watched(world: World, announce: () => void): World {
  const watch = <T extends object>(part: T): T =>
    new Proxy(part, {
      get(target, name, receiver) {
        const value: unknown = Reflect.get(target, name, receiver);
        if (typeof value !== "function") return value;
        return (...parameters: unknown[]) => {
          announce();
          return Reflect.apply(value, target, parameters);
        };
      },
    });
  return { ...world, disk: watch(world.disk), network: watch(world.network) };
}

interface Life {
  readonly diary: EventDiary;
  stop(): Promise<void>;
}

interface Subject {
  readonly exchangePath: string;
  /** What must be gone from the disk once the device is online. */
  readonly bootstrapSecret?: string;
  setUp(): Promise<{
    server: ScriptedServer;
    disk: Box;
    boot(watch?: (world: World) => World): { world: World; life: Life };
  }>;
}

const site: Subject = {
  exchangePath: registerPath,
  bootstrapSecret: key,
  async setUp() {
    const server = await serve();
    const disk = box();
    disk.write("bootstrap.yaml", "public-resources: {}");
    disk.write("newt.json", {
      endpoint: server.url,
      provisioningKey: key,
      provisioningBlueprintFile: "bootstrap.yaml",
    });
    return {
      server,
      disk,
      boot(watch = (world) => world) {
        const world = watch(disk.boot());
        const { site, diary } = live(world);
        return { world, life: { diary, stop: () => site.stop() } };
      },
    };
  },
};

const device: Subject = {
  exchangePath: provisionPath,
  async setUp() {
    const server = await cloud();
    const disk = box();
    writeEnv(disk, server);
    return {
      server,
      disk,
      boot(watch = (world) => world) {
        const world = watch(disk.boot());
        const { device, diary } = liveDevice(world);
        return { world, life: { diary, stop: () => device.stop() } };
      },
    };
  },
};

/** How many operations lie between boot and `connected` when nothing happens. */
async function operationsOf(subject: Subject): Promise<number> {
  let count = 0;
  const { boot } = await subject.setUp();
  const { life } = boot((world) => watched(world, () => count++));
  await life.diary.happened("connected");
  const total = count;
  await life.stop();
  return total;
}

test.each([
  ["a site", site],
  ["an EdgeFlow device", device],
])("%s that dies at any operation before it is online comes back as the same, with one nonce", async (_, subject) => {
  const operations = await operationsOf(subject);
  expect(operations).toBeGreaterThan(10);
  for (let at = 1; at <= operations; at += 1) {
    const { server, disk, boot } = await subject.setUp();
    let count = 0;
    const dead = new Promise<void>((resolve) => {
      boot((world) => {
        world.process.holds(resolve);
        return watched(world, () => {
          count += 1;
          if (count === at) world.process.kill();
        });
      });
    });
    await dead;
    const { life } = boot();
    await life.diary.happened("connected");
    await life.stop();
    const exchanges = server.asked(subject.exchangePath);
    expect(new Set(exchanges.map(({ headers }) => headers["firstboot-nonce"])).size, `died at ${at}`).toBe(1);
    if (subject.bootstrapSecret) expect(disk.everything()).not.toContain(subject.bootstrapSecret);
  }
});
