import nodeCrypto, { randomUUID } from "node:crypto";
import * as fsNamespace from "node:fs";
import fs, { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { hostname } from "node:os";
import { setTimeout as promisedTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import zlib from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { reasonOf } from "../../../src/error.js";
import { doors, forbidden } from "../../../src/world/virtual/guard/forbidden.js";
import { VirtualWorld } from "../../../src/world/virtual/index.js";

const here = new URL(import.meta.url).pathname;
/** Taken before any guard is raised: what a library might have done. */
const taken = { readFile: fs.promises.readFile, timeout: setTimeout, Date: globalThis.Date };

function inside<T>(act: (virtual: VirtualWorld) => T | Promise<T>): Promise<T> {
  const virtual = new VirtualWorld({ seed: 1 });
  return virtual.run(async () => act(virtual));
}

beforeAll(() => inside(() => {}));

/** What Node itself has under two names is called by one of them. */
const sameAs: Readonly<Record<string, string>> = {
  "crypto.rng": "crypto.randomBytes",
  "crypto.prng": "crypto.randomBytes",
  "crypto.pseudoRandomBytes": "crypto.randomBytes",
  "crypto.getDiffieHellman": "crypto.createDiffieHellmanGroup",
  "fs.FileReadStream": "fs.ReadStream",
  "fs.FileWriteStream": "fs.WriteStream",
  "net.createConnection": "net.connect",
  "net.Stream": "net.Socket",
  "timers.setTimeout": "setTimeout",
  "timers.setInterval": "setInterval",
  "timers.setImmediate": "setImmediate",
  "stream/web.CompressionStream": "CompressionStream",
  "stream/web.DecompressionStream": "DecompressionStream",
  "worker_threads.MessageChannel": "MessageChannel",
  "worker_threads.BroadcastChannel": "BroadcastChannel",
};

/** Uses a property as its kind is used: calls it, makes one of it, or reads it. */
function use(owner: object, property: string): void {
  const value: unknown = Reflect.get(owner, property);
  if (typeof value !== "function") return;
  Reflect.apply(value, owner, []);
}

describe("what is forbidden", () => {
  /** Getters of prototypes and bound functions have their own tests. */
  const direct = doors().filter(({ owner }) => owner !== Event.prototype && owner !== Intl.DateTimeFormat.prototype);
  const callbacks = new Set(["crypto.sign", "crypto.verify", "crypto.diffieHellman"]);
  const called = direct.filter(({ door }) => !callbacks.has(door.name));

  it.each(called.map(({ door, ...place }) => [door.name, place] as const))(
    "%s is caught by name",
    async (name, place) => {
      const told: unknown = await inside(() => use(place.owner, place.property)).then(
        () => "nothing",
        (error: unknown) => error,
      );
      expect(told).toMatchObject({ code: "FB9002", fix: expect.any(String) });
      expect(reasonOf(told)).toMatch(
        new RegExp(`^${sameAs[name] ?? name} was (called|read) inside the virtual world; `),
      );
    },
  );

  it("has every function of its modules that matters", () => {
    const names = new Set(doors().map(({ door }) => door.name));
    const sure = `setTimeout setInterval setImmediate fetch Date Date.now performance.now process.hrtime Math.random
      AbortSignal.timeout MessageChannel CompressionStream crypto.randomBytes crypto.randomUUID crypto.generateKeyPair
      crypto.scrypt crypto.subtle.digest zlib.gzip zlib.createGunzip fs.readFileSync fs.promises.readFile fs.watch
      net.connect net.Socket tls.connect http.request https.get http2.connect dgram.createSocket dns.lookup
      dns.promises.resolve child_process.spawn worker_threads.Worker cluster.fork os.hostname timers/promises.setTimeout
      scheduler.wait process.cpuUsage`.split(/\s+/);
    expect(sure.filter((name) => !names.has(name))).toEqual([]);
  });

  it.each<[string, () => unknown]>([
    ["new Date", () => new Date()],
    ["new Date", () => new (class Moment extends Date {})()],
    ["new Date", () => Reflect.construct(new Date(0).constructor, [])],
    ["Date", () => Date()],
    ["Intl.DateTimeFormat.prototype.format", () => new Intl.DateTimeFormat("en").format()],
    ["Event.prototype.timeStamp", () => new Event("x").timeStamp],
    ["process.hrtime.bigint", () => process.hrtime.bigint()],
    ["process.memoryUsage.rss", () => process.memoryUsage.rss()],
    ["fs.realpath.native", () => fs.realpath.native("/", () => {})],
    ["setTimeout", () => promisify(setTimeout)(1)],
    ["setTimeout", () => promisedTimeout(1)],
    ["fs.readFileSync", () => readFileSync(here)],
    ["fs.statSync", () => fsNamespace.statSync(here)],
    ["fs.openSync", () => createRequire(import.meta.url)("fs").openSync(here)],
    ["fs.promises.readFile", () => fs.promises.readFile(here)],
    ["os.hostname", () => hostname()],
    ["crypto.randomUUID", () => randomUUID()],
    ["crypto.getRandomValues", () => nodeCrypto.getRandomValues(new Uint8Array(1))],
    ["crypto.getRandomValues", () => nodeCrypto.webcrypto.getRandomValues(new Uint8Array(1))],
    ["crypto.subtle.digest", () => nodeCrypto.subtle.digest("SHA-256", new Uint8Array(1))],
    ["new zlib.Gzip", () => Reflect.construct(Reflect.get(zlib, "Gzip"), [])],
  ])("%s is caught by every way to it", async (name, act) => {
    await expect(inside(act)).rejects.toMatchObject({ code: "FB9002", message: expect.stringContaining(name) });
  });

  it("says what to use instead", async () => {
    await expect(inside(() => Date.now())).rejects.toMatchObject({
      line: "FB9002: Date.now was called inside the virtual world; use world.clock",
    });
    await expect(inside(() => Math.random())).rejects.toMatchObject({ fix: "use world.random" });
    await expect(inside(() => fetch("http://127.0.0.1/"))).rejects.toMatchObject({ fix: "use world.network" });
    await expect(inside(() => readFileSync(here))).rejects.toMatchObject({ fix: "use world.disk" });
  });

  it("fails the run also where somebody swallows the error", async () => {
    const swallowed = inside(() => {
      try {
        return Math.random();
      } catch {
        return 4;
      }
    });
    await expect(swallowed).rejects.toMatchObject({ code: "FB9002", message: expect.stringContaining("Math.random") });
    await expect(inside(() => 5)).resolves.toBe(5);
  });

  it("is caught late where it was taken before: by the next call of the World", async () => {
    const virtual = new VirtualWorld({ seed: 1 });
    const world = virtual.host("box").boot();
    let told: unknown;
    await virtual.run(async () => {
      void taken
        .readFile(here)
        .then(() => world.clock.sleep(1))
        .catch((error: unknown) => {
          told = error;
        });
    });
    await expect.poll(() => told).toMatchObject({ code: "FB9002", message: expect.stringMatching(/stood still/) });
  });
});

describe("what is free", () => {
  it.each<[string, () => unknown, unknown]>([
    ["a given date", () => new Date(Date.UTC(2026, 0, 1)).toISOString(), "2026-01-01T00:00:00.000Z"],
    ["a date's text", () => Date.parse("2026-01-01T00:00:00Z"), 1_767_225_600_000],
    ["dates as JSON", () => JSON.stringify({ at: new Date(0) }), '{"at":"1970-01-01T00:00:00.000Z"}'],
    ["a date in words", () => new Intl.DateTimeFormat("en", { timeZone: "UTC" }).format(0), "1/1/1970"],
    ["hashes", () => nodeCrypto.createHash("sha256").update("a").digest("hex").slice(0, 4), "ca97"],
    ["synchronous keys from secrets", () => nodeCrypto.scryptSync("a", "b", 8, { N: 2 }).length, 8],
    ["synchronous compression", () => zlib.gunzipSync(zlib.gzipSync("a")).toString(), "a"],
    ["constants", () => fs.constants.O_RDONLY, 0],
    ["copies", () => structuredClone({ a: [1] }), { a: [1] }],
    ["ticks", () => new Promise((resolve) => process.nextTick(resolve, "tick")), "tick"],
    ["microtasks", () => new Promise<string>((resolve) => queueMicrotask(() => resolve("task"))), "task"],
    ["a whole response", () => new Response("a").text(), "a"],
  ])("%s", async (_, act, outcome) => {
    expect(await inside(act)).toEqual(outcome);
  });

  it("modules that are first needed inside", async () => {
    const require = createRequire(import.meta.url);
    await expect(inside(() => typeof require("hdr-histogram-js").build)).resolves.toBe("function");
  });

  it("words on the console", async () => {
    const { console: terminal } = globalThis;
    await expect(inside(() => terminal.debug("a word from inside"))).resolves.toBeUndefined();
    await expect(inside(() => process.stdout.write(""))).resolves.toBe(true);
  });
});

describe("outside", () => {
  it("everything may be used while the run goes on, and is caught again after", async () => {
    const seen = await inside((virtual) => {
      const { real, response, time } = virtual.outside(() => ({
        real: readFileSync(here, "utf8").length,
        response: Response.name,
        time: Date.now() + performance.now() + Math.random(),
      }));
      expect(() =>
        virtual.outside(() => {
          throw new Error("a display fails");
        }),
      ).toThrow("a display fails");
      expect(Response.name).toBe("BufferedResponse");
      return { real, response, time };
    });
    expect(seen.real).toBeGreaterThan(1_000);
    expect(seen.response).toBe("Response");
    expect(seen.time).toBeGreaterThan(1.7e12);
    await expect(inside((virtual) => virtual.outside(() => 1) + Math.random())).rejects.toThrow("Math.random");
  });

  it("is as it was before the first run", async () => {
    class Moment extends Date {
      readonly mark = "own";
    }
    expect(new Moment()).toBeInstanceOf(Moment);
    expect(new Moment().mark).toBe("own");
    expect(new Moment()).toBeInstanceOf(Date);
    expect(new taken.Date()).toBeInstanceOf(Date);
    expect(new Date().constructor).toBe(Date);
    expect(new Date().toISOString()).toMatch(/^20\d\d-/);
    expect(Date()).toMatch(/^\w{3} \w{3} \d\d \d{4}/);
    expect([Date.name, Date.length, fs.readFileSync.name, setTimeout.name]).toEqual([
      "Date",
      7,
      "readFileSync",
      "setTimeout",
    ]);
    expect(Response.name).toBe("Response");
    expect(await promisify(setTimeout)(1, "late")).toBe("late");
    expect(fs.realpathSync.native("/")).toBe("/");
    expect(await promisify(fs.exists)(here)).toBe(true);
    expect(await promisify(fs.read)(fs.openSync(here, "r"), Buffer.alloc(4), 0, 4, 0)).toHaveProperty("bytesRead", 4);
    expect(fs.createReadStream(here)).toBeInstanceOf(fs.ReadStream);
    expect(nodeCrypto.randomUUID()).toMatch(/^[0-9a-f-]{36}$/);
    expect((await crypto.subtle.digest("SHA-256", new Uint8Array(1))).byteLength).toBe(32);
    expect(await promisify(zlib.gzip)("a")).toBeInstanceOf(Buffer);
    expect(readFileSync).toBe(fs.readFileSync);
    expect(fsNamespace.readFileSync).toBe(fs.readFileSync);
    await expect(new Promise((resolve) => setImmediate(resolve, "soon"))).resolves.toBe("soon");
  });

  it("wants no entry that is never used", () => {
    const used = new Set(doors().map(({ owner }) => owner));
    expect(forbidden.filter(({ owner }) => !used.has(owner)).map(({ prefix }) => prefix)).toEqual([]);
  });
});
