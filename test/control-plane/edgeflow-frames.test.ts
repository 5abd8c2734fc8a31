import fc from "fast-check";
import { expect, test } from "vitest";
import { commandActions } from "../../src/protocol/edgeflow/actions.js";
import {
  decodeFrame,
  type Frame,
  type FrameName,
  type FrameType,
  frameTypes,
  isFrameName,
} from "../../src/protocol/edgeflow/frame.js";
import { devicesPath, made, ownShadow, refusal, succeed } from "./edgeflow-devices.js";
import { Plane, type Talk } from "./plane.js";

const types: readonly (readonly [FrameName, FrameType])[] = Object.keys(frameTypes)
  .filter(isFrameName)
  .map((name) => [name, frameTypes[name]] as const);

/** A value that fits each field of a frame. */
const whole: Omit<Required<Frame>, "type"> = {
  id: "cmd-1",
  device_id: "dev_x",
  api_key: "efk_x",
  version: "1.0.0",
  action: "health_check",
  payload: {},
  status: "success",
  data: {},
  error: "none",
  timestamp: "2026-11-22T06:05:07.813854051Z",
  expires_at: "2030-01-01T00:00:00Z",
};

/** What is heard before a last ping is answered. */
async function answersTo(tunnel: Talk<Frame>, ...said: (Frame | string | Uint8Array)[]): Promise<Frame[]> {
  for (const frame of said) {
    if (frame instanceof Uint8Array) tunnel.channel.send(frame);
    else tunnel.say(frame);
  }
  tunnel.say({ type: "ping" });
  const pongs =
    said.filter((frame) => typeof frame === "object" && "type" in frame && frame.type === "ping").length + 1;
  await expect.poll(() => tunnel.heard.filter(({ type }) => type === "pong").length).toBe(pongs);
  return tunnel.heard.splice(0).slice(0, -1);
}

async function welcomed() {
  const plane = await Plane.start();
  const device = await made(plane);
  return { plane, device, tunnel: await plane.connected(device) };
}

const byDevices = types.filter(([, { from }]) => from.includes("device"));
const byClouds = types.filter(([, { from }]) => !from.includes("device"));

/** What each of them is answered; those that are absent are taken in silence. */
const expected: Readonly<Partial<Record<FrameName, Frame>>> = {
  connect: { type: "error", error: "already connected" },
  ping: { type: "pong" },
  command: { type: "response", id: "cmd-1", status: "error", error: "the cloud takes no commands" },
};

test.each(byDevices)("%s of a device that is connected is answered or taken", async (type) => {
  const { tunnel } = await welcomed();
  const answer = expected[type];
  expect(await answersTo(tunnel, { ...whole, type })).toEqual(answer ? [answer] : []);
});

test.each(byDevices.flatMap(([type, { needs }]) => needs.map((field) => [type, field] as const)))(
  "%s without its %s is an error",
  async (type, field) => {
    const { tunnel } = await welcomed();
    const { [field]: _, ...incomplete } = { ...whole, type };
    expect(await answersTo(tunnel, JSON.stringify(incomplete))).toEqual([
      { type: "error", error: `${type} without ${field}` },
    ]);
  },
);

test.each(byClouds)("%s is not a device's to send", async (type) => {
  const { tunnel } = await welcomed();
  expect(await answersTo(tunnel, { ...whole, type })).toEqual([
    { type: "error", error: `a device does not send ${type}` },
  ]);
});

const longest = "t".repeat(100);

test.each<[string, string | Uint8Array, string]>([
  ["an unknown type", '{"type":"reboot"}', "unknown frame type: reboot"],
  ["a type of Object", '{"type":"constructor"}', "unknown frame type: constructor"],
  ["the longest type", `{"type":"${longest}"}`, `unknown frame type: ${longest}`],
  ["a type that is too long", `{"type":"${longest}t"}`, "malformed frame"],
  ["no type", "{}", "malformed frame"],
  ["no object", "[]", "malformed frame"],
  ["no JSON", "{", "malformed frame"],
  ["nothing", "", "malformed frame"],
  ["a field of another kind", '{"type":"ping","timestamp":7}', "malformed frame"],
  ["a status that is none", '{"type":"response","id":"a","status":"maybe"}', "malformed frame"],
  ["nesting without end", `{"type":"ping","data":${"[".repeat(9_999)}${"]".repeat(9_999)}}`, "malformed frame"],
  ["bytes", new Uint8Array([1, 2, 3]), "text frames only"],
])("%s is an error in few words, and the tunnel stays", async (_, said, error) => {
  const { tunnel } = await welcomed();
  expect(await answersTo(tunnel, said)).toEqual([{ type: "error", error }]);
});

test("before it is let in, anything but a connect ends a tunnel", async () => {
  const plane = await Plane.start();
  for (const [type] of types) {
    if (type === "connect") continue;
    const tunnel = await plane.tunnel();
    tunnel.say({ ...whole, type });
    expect((await tunnel.hear("error")).error).toBe("connect frame expected");
    expect(await tunnel.hearClose()).toBe(1008);
  }
  expect(await refusal(plane, { ...(await made(plane)), apiKey: "" })).toEqual({
    error: "invalid credentials",
    closed: 1008,
  });
});

test("more frames than a device has to say end its tunnel; the answers that are waited for do not count", async () => {
  const { plane, device, tunnel } = await welcomed();
  for (let nth = 0; nth < 601; nth++) {
    const command = plane.command(device.deviceId, { action: "health_check" });
    succeed(tunnel, await tunnel.hear("command"), nth);
    expect(await command).toEqual({ status: "success", data: nth });
  }
  for (let nth = 0; nth < 599; nth++) tunnel.say({ type: "gossip" });
  expect(await answersTo(tunnel)).toHaveLength(599);
  tunnel.say({ type: "gossip" });
  expect(await tunnel.hearClose()).toBe(1008);
  await plane.connected(device);
}, 60_000);

test("a long heartbeat counts by its length, and a new tunnel does not make up for what was spent on the last", async () => {
  const { plane, device, tunnel } = await welcomed();
  const long = JSON.stringify({ type: "ping", payload: "x".repeat(1 << 19) });
  for (let nth = 0; nth < 18; nth++) tunnel.say(long);
  for (let nth = 0; nth < 18; nth++) await tunnel.hear("pong");
  tunnel.channel.close();
  await tunnel.hearClose();
  const next = await plane.connected(device);
  next.say(long);
  expect(await next.hearClose()).toBe(1008);
});

test("whoever talks while the key is looked at is not heard, and closed for too much of it", async () => {
  const plane = await Plane.start();
  const { deviceId, apiKey } = await made(plane);
  const tunnel = await plane.tunnel();
  tunnel.say({ type: "connect", device_id: deviceId, api_key: apiKey });
  for (let nth = 0; nth < 1_000; nth++) tunnel.say({ type: "gossip" });
  expect(await tunnel.hearClose()).toBe(1008);
});

test("a frame larger than a mebibyte ends the tunnel alone", async () => {
  const { plane, device, tunnel } = await welcomed();
  tunnel.say(`{"type":"ping","data":"${"x".repeat(1 << 20)}"}`);
  expect(await tunnel.hearClose()).toBe(1009);
  await plane.connected(device);
});

test("a device cannot answer for another, even if it knows the id of the command", async () => {
  const { plane, device, tunnel } = await welcomed();
  const thief = await plane.connected(await made(plane));
  const command = plane.command(device.deviceId, { action: "health_check" });
  const asked = await tunnel.hear("command");
  succeed(thief, asked, "forged");
  expect(await answersTo(thief)).toEqual([]);
  succeed(tunnel, asked, "true");
  expect(await command).toEqual({ status: "success", data: "true" });
});

/** Frames as somebody would send who knows the protocol and means no good. */
function hostile(ids: readonly string[]): fc.Arbitrary<string | Uint8Array> {
  const strange = fc.oneof(
    fc.constantFrom<unknown>(...ids, "__proto__", "constructor", "", "\u0000", null, -1, 1e308, true, [], {}),
    fc.string({ maxLength: 300 }),
    fc.jsonValue({ maxDepth: 3 }),
  );
  const fields = Object.fromEntries(Object.keys(whole).map((name) => [name, fc.option(strange, { nil: undefined })]));
  const type = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...types.map(([name]) => name)) }, fc.string());
  const actions = fc.constantFrom(...Object.keys(commandActions));
  return fc.oneof(
    { weight: 5, arbitrary: fc.record({ type, ...fields }).map((frame) => JSON.stringify(frame)) },
    {
      weight: 2,
      arbitrary: fc
        .record({ type, id: fc.string(), action: actions, status: fc.constant("success") })
        .map((frame) => JSON.stringify(frame)),
    },
    fc.json({ maxDepth: 4 }),
    fc.string(),
    fc.uint8Array({ maxLength: 64 }),
  );
}

test("hostile frames are answered with an error or a close code, and never with what is another device's", async () => {
  const plane = await Plane.start();
  const victim = await made(plane, { name: "victim board" });
  const listening = await plane.connected(victim);
  await ownShadow(plane, victim, { secret: "victim state" });
  // Each says less than what a device may say in a minute.
  const devices = await Promise.all(Array.from({ length: 10 }, () => made(plane)));
  const ids = [victim, ...devices].map(({ deviceId }) => deviceId);
  const allowed = new Set<string>(["error", "pong", "response", "connected"]);
  let run = 0;

  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(hostile(ids), { minLength: 1, maxLength: 12 }), async (known, frames) => {
      const tunnel = await plane.tunnel();
      const device = known && devices[run++ % devices.length];
      if (device) {
        tunnel.say({ type: "connect", device_id: device.deviceId, api_key: device.apiKey });
        await tunnel.hear("connected");
      }
      const before = tunnel.heard.length;
      for (const frame of frames) tunnel.channel.send(frame);
      if (device) {
        tunnel.say({ type: "ping" });
        await tunnel.hear("pong");
      } else {
        expect(await tunnel.hearClose()).toBe(1008);
      }
      for (const frame of tunnel.heard.slice(before)) {
        expect(allowed).toContain(frame.type);
        const { id, ...said } = frame;
        const text = JSON.stringify(said);
        expect(text.length).toBeLessThan(1_000);
        for (const own of [victim.apiKey, "victim board", "victim state"]) expect(text).not.toContain(own);
      }
      tunnel.channel.close();
      await tunnel.hearClose();
    }),
    { numRuns: 150 },
  );

  expect(await answersTo(listening)).toEqual([]);
  await plane.connected(await made(plane));
  expect((await plane.send("GET", "/readyz")).status).toBe(200);
}, 60_000);

test("what devices send and are sent is counted by kind, and never by name", async () => {
  const { plane, device, tunnel } = await welcomed();
  await answersTo(tunnel, { type: "gossip" }, "{", { ...whole, type: "command" }, { type: "error", error: "none" });
  const command = plane.command(device.deviceId, { action: "health_check" });
  succeed(tunnel, await tunnel.hear("command"));
  await command;
  tunnel.channel.close();
  await tunnel.hearClose();
  await plane.api("POST", `${devicesPath}/${device.deviceId}/command`, { action: "health_check" });
  const { body } = await plane.send("GET", "/metrics");
  const counted = [...body.matchAll(/^firstboot_(device_frames|commands|channels_\w+)_total(.*)$/gm)].map(
    ([, name, rest]) => `${name}${rest}`,
  );
  expect(counted.sort()).toEqual([
    'channels_closed{kind="edgeflow"} 1',
    'channels_opened{kind="edgeflow"} 1',
    'commands{outcome="offline"} 1',
    'commands{outcome="success"} 1',
    'device_frames{type="command"} 1',
    'device_frames{type="connect"} 1',
    'device_frames{type="error"} 2',
    'device_frames{type="other"} 1',
    'device_frames{type="ping"} 1',
    'device_frames{type="response"} 1',
  ]);
});

test("any text is a frame or none", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const frame = decodeFrame(text);
      if (frame) expect(frame.type.length).toBeGreaterThan(0);
    }),
  );
});
