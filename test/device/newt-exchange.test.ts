import { afterEach, expect, test } from "vitest";
import { hardened, newt } from "../../src/device/persona.js";
import { seededRandom } from "../../src/world/random.js";
import type { World } from "../../src/world/world.js";
import { changed } from "../changed.js";
import type { Box } from "./support/box.js";
import { ManualClock } from "./support/clock.js";
import { box, closeAll, key, live, serve } from "./support/life.js";
import { bad, good, identity, registerPath, tokenPath } from "./support/newt.js";

afterEach(closeAll);

test("the exchange asks as newt does and leaves the config file as newt does", async () => {
  const server = await serve();
  const disk = box({ SERIAL: "SN42" });
  disk.write(
    "newt.json",
    `{"endpoint":"${server.url}","provisioningKey":"${key}","name":"{{env.SERIAL}}-edge{{env.NOPE}}{{x}}","mtu":1300,"custom":{"a":[1,2]},"blocked":true}`,
  );
  const { site, diary, end } = live(disk.boot());
  await diary.happened("connected");
  await site.stop();

  expect(await end).toEqual({ kind: "stopped" });
  const [request] = server.asked(registerPath);
  expect(request?.body).toBe(`{"name":"SN42-edge{{x}}","provisioningKey":"${key}"}`);
  expect(request?.headers).toMatchObject({
    "content-type": "application/json",
    "x-csrf-token": "x-csrf-protection",
    "firstboot-nonce": expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(server.asked(tokenPath)[0]?.body).toBe('{"newtId":"abcdefghij12345","secret":"s3cr3t"}');
  expect(disk.read("newt.json")).toBe(`{
  "blocked": true,
  "custom": {
    "a": [
      1,
      2
    ]
  },
  "endpoint": "${server.url}",
  "id": "abcdefghij12345",
  "mtu": 1300,
  "secret": "s3cr3t"
}`);
  expect(disk.files()).toEqual([".newt.json.good", "newt.json"]);
  expect(disk.mode("newt.json")).toBe(0o600);
});

test("a config file that was open to others is closed, and the key is gone from the disk", async () => {
  const server = await serve();
  const disk = box();
  disk.write("newt.json", { endpoint: server.url, provisioningKey: key }, 0o644);
  const { site, diary } = live(disk.boot());
  await diary.happened("persisted");
  await site.stop();
  expect(disk.mode("newt.json")).toBe(0o600);
  expect(disk.everything()).not.toContain("spk-");
});

test("a second life exchanges nothing", async () => {
  const server = await serve();
  const disk = box();
  disk.write("newt.json", { endpoint: server.url, provisioningKey: key });
  for (const _ of ["first", "second"]) {
    const { site, diary } = live(disk.boot());
    await diary.happened("connected");
    await site.stop();
  }
  expect(server.asked(registerPath)).toHaveLength(1);
  expect(server.asked(tokenPath)).toHaveLength(2);
});

test("a site that has credentials ignores the key and scrubs it; newt as shipped leaves it there", async () => {
  const server = await serve();
  const content = { endpoint: server.url, id: "abcdefghij12345", secret: "s3cr3t", provisioningKey: key };
  for (const persona of [newt, hardened]) {
    const disk = box();
    disk.write("newt.json", content, 0o644);
    const { site, diary } = live(disk.boot(), { persona });
    await diary.happened("connected");
    await site.stop();
    expect(disk.everything().includes(key)).toBe(persona === newt);
    expect(disk.mode("newt.json")).toBe(persona === newt ? 0o644 : 0o600);
  }
  expect(server.asked(registerPath)).toHaveLength(0);
});

test("a lost answer is asked for again with the same nonce", async () => {
  const server = await serve({ register: ["lost", good(201, identity)] });
  const disk = box();
  disk.write("newt.json", { endpoint: server.url, provisioningKey: key });
  const persona = {
    ...hardened,
    exchangeTimeoutMs: 50,
    exchangeRetry: { ...hardened.reconnect, delaysMs: [5] },
  };
  const { site, diary } = live(disk.boot(), { persona });
  await diary.happened("connected");
  await site.stop();
  const nonces = server.asked(registerPath).map(({ headers }) => headers["firstboot-nonce"]);
  expect(nonces).toHaveLength(2);
  expect(new Set(nonces).size).toBe(1);
  expect(diary.all("exchange").map(({ outcome }) => outcome)).toEqual(["failed", "ok"]);
  expect(diary.all("failed")).toMatchObject([{ step: "exchange", kind: "timeout" }]);
});

test("a device that dies before it has written its credentials asks with the same nonce in its next life", async () => {
  const server = await serve();
  const disk = box();
  disk.write("newt.json", { endpoint: server.url, provisioningKey: key });
  const world = disk.boot();
  const first = live(world, {
    onEvent: (event) => {
      if (event.type === "exchange") world.process.kill();
    },
  });
  let over = false;
  void first.end.then(() => {
    over = true;
  });
  const second = live(await died(world, disk));
  await second.diary.happened("connected");
  await second.site.stop();

  expect(over).toBe(false);
  const nonces = server.asked(registerPath).map(({ headers }) => headers["firstboot-nonce"]);
  expect(nonces).toHaveLength(2);
  expect(new Set(nonces).size).toBe(1);
  expect(disk.files()).toEqual([".newt.json.good", "newt.json"]);
});

/** The next life, when the first has been killed. */
function died(world: World, disk: Box): Promise<World> {
  return new Promise((resolve) => world.process.holds(() => resolve(disk.boot())));
}

test("credentials are on disk before the device signs in with them", async () => {
  const disk = box();
  let stored = "";
  const server = await serve({
    upgrade: () => undefined,
  });
  const asked = server.script.request;
  Object.assign(server.script, {
    request: (request: Parameters<typeof asked>[0]) => {
      if (request.path === tokenPath) stored = disk.read("newt.json");
      return asked(request);
    },
  });
  disk.write("newt.json", { endpoint: server.url, provisioningKey: key });
  const { site, diary } = live(disk.boot());
  await diary.happened("connected");
  await site.stop();
  expect(JSON.parse(stored)).toEqual({ endpoint: server.url, id: identity.newtId, secret: identity.secret });
});

test("Retry-After is waited for, and two devices return at two moments", async () => {
  const waits: number[] = [];
  for (const seed of ["a", "b"]) {
    const refusal = bad(429, "Please try again later.", { "retry-after": "900" });
    const server = await serve({ register: [refusal, good(201, identity)] });
    const disk = box();
    disk.write("newt.json", { endpoint: server.url, provisioningKey: key });
    const clock = new ManualClock();
    const { site, diary } = live(disk.boot({ clock, random: seededRandom(seed) }));
    const { ms } = await diary.happened("waiting");
    waits.push(ms);
    clock.advance(ms);
    await diary.happened("connected");
    await site.stop();
  }
  for (const ms of waits) {
    expect(ms).toBeGreaterThanOrEqual(900_000);
    expect(ms).toBeLessThanOrEqual(901_000);
  }
  expect(waits[0]).not.toBe(waits[1]);
});

test("a hopeless key ends the life with the server's reason", async () => {
  const server = await serve({ register: [bad(401, "Provisioning key has reached its maximum usage")] });
  const disk = box();
  disk.write("newt.json", { endpoint: server.url, provisioningKey: key });
  const { diary, end } = live(disk.boot());
  const reason = {
    kind: "refused",
    step: "exchange",
    status: 401,
    reason: "Provisioning key has reached its maximum usage",
  };
  expect(await end).toEqual(reason);
  expect(diary.entries.map(({ type }) => type)).toEqual(["exchange", "stopped"]);
  expect(diary.all("exchange")).toMatchObject([{ outcome: "refused", status: 401 }]);
});

test("no event tells a secret, even if the server does", async () => {
  const wellFormed = `spk-${"a".repeat(15)}.${"b".repeat(40)}`;
  const server = await serve({ register: [bad(500, `no luck with ${wellFormed}\u001b[2J`), good(201, identity)] });
  const disk = box();
  disk.write("newt.json", { endpoint: server.url, provisioningKey: wellFormed });
  const persona = { ...hardened, exchangeRetry: { ...hardened.reconnect, delaysMs: [5] } };
  const { site, diary } = live(disk.boot(), { persona });
  await diary.happened("heartbeat");
  await site.stop();
  expect(diary.all("failed")).toMatchObject([{ detail: "no luck with spk-**** [2J", status: 500 }]);
  for (const secret of [wellFormed, identity.secret, "tok1"]) {
    expect(JSON.stringify(diary.entries)).not.toContain(secret);
  }
});

test.each([
  ["a proxy's bare 404", { status: 404 }],
  ["a 503", bad(503, "busy")],
  ["a success without credentials", good(201, {})],
])("%s is a passing failure", async (_, answer) => {
  const server = await serve({ register: [answer, good(201, identity)] });
  const disk = box();
  disk.write("newt.json", { endpoint: server.url, provisioningKey: key });
  const persona = { ...hardened, exchangeRetry: { ...hardened.reconnect, delaysMs: [5] } };
  const { site, diary } = live(disk.boot(), { persona });
  await diary.happened("connected");
  await site.stop();
  expect(diary.all("exchange").map(({ outcome }) => outcome)).toEqual(["failed", "ok"]);
});

test("newt as shipped exits when its exchange fails, and sends no nonce", async () => {
  const server = await serve({ register: [bad(500, "An error occurred")] });
  const disk = box();
  disk.write("newt.json", { endpoint: server.url, provisioningKey: key });
  const { end } = live(disk.boot(), { persona: newt });
  expect(await end).toEqual({ kind: "failed", step: "exchange", status: 500, reason: "An error occurred" });
  const [request] = server.asked(registerPath);
  expect(request?.headers).not.toHaveProperty("firstboot-nonce");
  expect(request?.headers["user-agent"]).toBe("Go-http-client/1.1");
});

test("refused credentials end a hardened life; newt as shipped asks again every 3 s", async () => {
  const server = await serve({ token: [bad(400, "Secret is incorrect")] });
  const disk = box();
  disk.write("newt.json", { endpoint: server.url, id: "abcdefghij12345", secret: "wrong" });
  const refused = await live(disk.boot()).end;
  expect(refused).toEqual({ kind: "refused", step: "token", status: 400, reason: "Secret is incorrect" });

  const clock = new ManualClock();
  const { site, diary } = live(disk.boot({ clock }), { persona: newt });
  for (const turn of [1, 2]) {
    expect(await diary.happened("waiting", turn)).toMatchObject({ step: "token", ms: 3_000 });
    clock.advance(3_000);
  }
  await diary.happened("failed", 3);
  await site.stop();
});

test("a config file in a directory that cannot be written costs no use of the key", async () => {
  const server = await serve();
  const disk = box();
  disk.write("newt.json", { endpoint: server.url, provisioningKey: key });
  const world = disk.boot();
  const readOnly = Object.assign(new Error("EROFS: read-only file system"), { code: "EROFS" });
  const { end } = live({ ...world, disk: changed(world.disk, { write: () => Promise.reject(readOnly) }) });
  await expect(end).rejects.toMatchObject({ code: "FB1002" });
  expect(server.requests).toHaveLength(0);
});

test("a site whose disk has become read-only still goes online with the credentials it has", async () => {
  const server = await serve();
  const disk = box();
  disk.write("newt.json", { endpoint: server.url, id: identity.newtId, secret: identity.secret }, 0o644);
  const world = disk.boot();
  const readOnly = Object.assign(new Error("EROFS: read-only file system"), { code: "EROFS" });
  const { site, diary } = live({ ...world, disk: changed(world.disk, { write: () => Promise.reject(readOnly) }) });
  await diary.happened("connected");
  await site.stop();
  expect(diary.all("failed")).toMatchObject([{ step: "persist", kind: "disk" }]);
});

test("credentials that cannot be written yet are not used yet, and are not asked for twice", async () => {
  const server = await serve();
  const disk = box();
  disk.write("newt.json", { endpoint: server.url, provisioningKey: key });
  const world = disk.boot();
  const full = Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
  let refusals = 2;
  const write: World["disk"]["write"] = (path, data, options) => {
    const hasSecret = String(data).includes(identity.secret);
    return hasSecret && refusals-- > 0 ? Promise.reject(full) : world.disk.write(path, data, options);
  };
  const persona = { ...hardened, reconnect: { ...hardened.reconnect, delaysMs: [5] } };
  const { site, diary } = live({ ...world, disk: changed(world.disk, { write }) }, { persona });
  await diary.happened("connected");
  await site.stop();
  const steps = diary.entries.map(({ type }) => type).filter((type) => type !== "waiting");
  expect(steps.slice(0, 5)).toEqual(["exchange", "failed", "failed", "persisted", "token"]);
  expect(server.asked(registerPath)).toHaveLength(1);
});
