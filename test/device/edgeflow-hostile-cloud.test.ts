import { afterEach, expect, test } from "vitest";
import { edgeflow, edgeflowField, type Persona } from "../../src/device/persona.js";
import { cloud, command, credentials, liveDevice, provisionPath, sent, shadow, writeEnv } from "./support/edgeflow.js";
import { box, closeAll } from "./support/life.js";

afterEach(closeAll);

const impatient: Persona = {
  ...edgeflow,
  exchangeRetry: { ...edgeflow.reconnect, delaysMs: [1], jitter: 0 },
};

test.each([
  ["a line break in the key", { api_key: "efk_a\r\nx-evil: 1" }],
  ["a key that no header takes", { api_key: "efk_ключ" }],
  ["half a character in the id", { device_id: "dev_\ud800" }],
  ["a key without end", { api_key: "k".repeat(5_000) }],
  ["an answer without end", { rest: "x".repeat(1 << 20) }],
  ["an id of another type", { device_id: 7 }],
])("%s is no answer: the device asks again, and is not brought down", async (_, wrong) => {
  const server = await cloud({
    provision: [
      { status: 201, body: { ...credentials, ...wrong } },
      { status: 201, body: credentials },
    ],
  });
  const disk = box();
  writeEnv(disk, server);
  const { device, diary } = liveDevice(disk.boot(), { persona: impatient });
  await diary.happened("connected");
  await device.stop();
  expect(diary.all("failed")).toMatchObject([{ step: "exchange", kind: "answer" }]);
  const nonces = server.asked(provisionPath).map(({ headers }) => headers["firstboot-nonce"]);
  expect(new Set(nonces).size).toBe(1);
});

test("as shipped, credentials of any form are taken, and bring nothing down", async () => {
  const server = await cloud({ provision: [{ status: 200, body: { device_id: "дев 1", api_key: "efk_\r\nkey" } }] });
  const disk = box();
  writeEnv(disk, server);
  const { device, diary } = liveDevice(disk.boot(), { persona: edgeflowField });
  await diary.happened("connected");
  await diary.happened("failed");
  await device.stop();
  for (const failed of diary.all("failed")) expect(failed).toMatchObject({ step: "shadow", kind: "network" });
});

test.each([[null], [12], [""], ["soon"], ["9".repeat(1_000)], [{}]])(
  "an end of %j is none: the credentials that cost a code are kept",
  async (end) => {
    const server = await cloud({ provision: [{ status: 201, body: { ...credentials, expires_at: end } }] });
    const disk = box();
    writeEnv(disk, server);
    for (const _ of ["first", "second"]) {
      const { device, diary } = liveDevice(disk.boot());
      await diary.happened("connected");
      await device.stop();
    }
    expect(server.asked(provisionPath)).toHaveLength(1);
  },
);

test("an end that lies in the past costs no second code, and a new code is spent on it once", async () => {
  const ended = { ...credentials, expires_at: "1999-01-01T00:00:00Z" };
  const server = await cloud({ provision: [{ status: 201, body: ended }] });
  const disk = box();
  for (const code of ["PROV-A1B2-C3D4", "PROV-A1B2-C3D4", "PROV-NEWX-CODE", "PROV-NEWX-CODE"]) {
    writeEnv(disk, server, `EDGEFLOW_PROVISIONING_CODE=${code}`);
    const { device, diary } = liveDevice(disk.boot());
    await diary.happened("connected");
    await device.stop();
  }
  expect(server.asked(provisionPath)).toHaveLength(2);
});

/** A shadow's text with this for what is desired. */
const desiring = (desired: string) => JSON.stringify({ ...shadow, desired: {} }).replace("{}", desired);
const [opening, closing] = ["[", "]"].map((bracket) => bracket.repeat(20_000));

test.each([
  ["of ten megabytes", desiring(`{"fill":"${"x".repeat(10 << 20)}"}`), "the answer is not a shadow"],
  ["that is too large to be told", desiring(`{"fill":"${"<".repeat(300_000)}"}`), "the answer is too large"],
  ["that nests without end", desiring(`{"deep":${opening}${closing}}`), "the answer is too large"],
  ["of wrong types", JSON.stringify({ ...shadow, version: "one" }), "the answer is not a shadow"],
])("a shadow %s is an answer that says so, and brings nothing down", async (_, text, why) => {
  const server = await cloud({ shadow: () => ({ status: 200, text }) });
  const disk = box();
  writeEnv(disk, server);
  const { device, diary } = liveDevice(disk.boot());
  await diary.happened("connected");
  command(server, "c", "get_shadow");
  await diary.happened("command");
  command(server, "d", "health_check");
  await server.frames.until((frame) => frame.includes('"d"'));
  await device.stop();
  expect(sent(server, "response")).toMatchObject([
    { id: "c", status: "error", error: expect.stringContaining(why) },
    { id: "d", status: "success" },
  ]);
  expect(diary.all("command").map(({ success }) => success)).toEqual([false, true]);
});

test("`connected` twice, junk and frames of wrong types change nothing", async () => {
  const server = await cloud();
  const disk = box();
  writeEnv(disk, server);
  const { device, diary } = liveDevice(disk.boot());
  await diary.happened("connected");
  const [channel] = server.channels;
  for (const frame of [
    '{"type":"connected"}',
    "",
    "null",
    "[]",
    '{"type":7}',
    '{"type":"command","id":7,"action":"health_check"}',
    '{"type":"command","action":{"toString":1}}',
    '{"type":"error","error":"go away"}',
    '{"type":"pong"}',
    "[".repeat(100_000),
    '{"type":"command","id":"p","action":"__proto__"}',
    '{"type":"command","id":"q","action":"get_flow","payload":{"flow_id":{}}}',
  ])
    channel?.send(frame);
  channel?.send(new Uint8Array([1, 2, 3]));
  command(server, "last", "health_check");
  await server.frames.until((frame) => frame.includes('"last"'));
  await device.stop();
  expect(diary.all("connected")).toHaveLength(1);
  expect(sent(server, "response").map(({ id, status }) => `${id} ${status}`)).toEqual([
    "p error",
    "q error",
    "last success",
  ]);
});

test("a frame larger than any that a cloud has to say ends the tunnel, and not the device", async () => {
  const server = await cloud();
  const disk = box();
  writeEnv(disk, server);
  const { device, diary } = liveDevice(disk.boot(), {
    persona: { ...edgeflow, reconnect: { ...edgeflow.reconnect, jitter: 0, delaysMs: [1] } },
  });
  await diary.happened("connected");
  server.channels[0]?.send("x".repeat(17 << 20));
  await diary.happened("connected", 2);
  await device.stop();
  expect(diary.all("disconnected")[0]).toMatchObject({ code: 1006 });
});

test("a cloud that has said no is obeyed in nothing else", async () => {
  const server = await cloud({ welcome: { type: "error", error: "invalid api key" } });
  const disk = box();
  writeEnv(disk, server);
  const { diary, end } = liveDevice(disk.boot());
  await server.frames.until((frame) => frame.includes('"connect"'));
  command(server, "c", "health_check");
  server.channels[0]?.send('{"type":"connected"}');
  server.channels[0]?.close(1008);
  expect(await end).toMatchObject({ kind: "refused", reason: "invalid api key" });
  expect(sent(server, "response")).toEqual([]);
  expect(diary.all("connected")).toEqual([]);
});

test("keys and codes that a cloud says again, and lines that it would write, stay out of every event", async () => {
  const said = `no efk_testkey_0123456789abcdef, PROV-A1B2-C3D4 or prov-a1b2-c3d4\n2030-01-01T00:00:00Z INFO  online\u001b[31m`;
  const server = await cloud({ welcome: { type: "error", error: said }, closeWith: 1008 });
  const disk = box();
  writeEnv(disk, server);
  const { diary, end } = liveDevice(disk.boot());
  await end;
  const told = JSON.stringify(diary.entries);
  expect(told).toContain("no efk_****, PROV-**** or PROV-****");
  expect(told).not.toMatch(/testkey|A1B2|\\n|\\u001b/i);
});
