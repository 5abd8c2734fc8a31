import { once } from "node:events";
import { connect as dial } from "node:net";
import { expect, test as it, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { Shadow } from "../../src/protocol/edgeflow/index.js";
import { DeviceId } from "../../src/provisioning/credentials.js";
import { devicesPath, made, ownShadow, shown, succeed } from "./edgeflow-devices.js";
import { MovableClock, nonce, org, Plane } from "./plane.js";

/** Weaknesses of PROTOCOLS D4 that are the server's business, by their numbers. */
const test = (number: number, promise: string, run: () => Promise<void>): void => it(`D4.${number}: ${promise}`, run);

const commandPath = (deviceId: string) => `${devicesPath}/${deviceId}/command`;

test(43, "a box that has lost its credentials before it used them gets the same again for its nonce", async () => {
  const plane = await Plane.start();
  const code = await plane.code();
  const own = nonce(plane);
  const first = await plane.provision(code, own);
  expect([first.status, (await plane.provision(code, own)).body]).toEqual([201, first.body]);
  expect(await plane.integration.listDevices(org)).toHaveLength(1);
});

test(43, "a box that sends no nonce gets new credentials for its used code when its lease has ended", async () => {
  const clock = new MovableClock();
  const plane = await Plane.start(":memory:", clock);
  const wish = { name: "leased", ttlSeconds: 86_400, reclaimAfter: 900 };
  const [code = ""] = (await plane.integration.createCodes(org, wish)).codes;
  const lost = await plane.device(code);
  expect((await plane.provision(code)).status).toBe(409);
  clock.move(900_000);
  const found = await plane.device(code);
  expect(found.deviceId).not.toBe(lost.deviceId);
  expect(await plane.integration.listDevices(org)).toMatchObject([{ deviceId: found.deviceId }]);
});

test(43, "a used code stays used once its credentials have let a device in; a new code is the way on", async () => {
  const plane = await Plane.start();
  const code = await plane.code();
  const own = nonce(plane);
  const { device_id, api_key } = JSON.parse((await plane.provision(code, own)).body);
  await plane.connected({ deviceId: DeviceId.parse(device_id), apiKey: api_key });
  expect([(await plane.provision(code, own)).status, (await plane.provision(code)).status]).toEqual([409, 409]);
  expect((await plane.provision(await plane.code())).status).toBe(201);
});

test(44, "a code that was spent on a box which did not live to hear the answer is not lost", async () => {
  const plane = await Plane.start();
  const code = await plane.code();
  const own = nonce(plane);
  const body = JSON.stringify({ provisioning_code: code });
  const socket = dial(Number(new URL(plane.origin).port), "127.0.0.1");
  await once(socket, "connect");
  const head = `POST /api/v1/devices/provision HTTP/1.1\r\nhost: x\r\nfirstboot-nonce: ${own}\r\n`;
  socket.write(`${head}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
  await expect.poll(() => plane.integration.listDevices(org)).toHaveLength(1);
  socket.destroy();
  const answer = await plane.provision(code, own);
  expect(answer.status).toBe(201);
  const [device, ...others] = await plane.integration.listDevices(org);
  expect([JSON.parse(answer.body).device_id, others]).toEqual([device?.deviceId, []]);
});

test(
  45,
  "of 500 commands at once a device gets one after the other, and those that find no room hear when to come",
  async () => {
    const plane = await Plane.start();
    const device = await made(plane);
    const tunnel = await plane.connected(device);
    let refused = 0;
    const commands = Array.from({ length: 500 }, async () => {
      const answer = await plane.api("POST", commandPath(device.deviceId), { action: "health_check" });
      if (answer.status !== 200) refused++;
      return answer;
    });
    const first = await tunnel.hear("command");
    await expect.poll(() => refused).toBe(500 - 33);
    expect(tunnel.heard).toEqual([]);
    succeed(tunnel, first);
    for (let nth = 1; nth < 33; nth++) {
      const command = await tunnel.hear("command");
      expect(tunnel.heard).toEqual([]);
      succeed(tunnel, command);
    }
    const answers = await Promise.all(commands);
    const busy = answers.filter(({ status }) => status === 429);
    expect([answers.filter(({ status }) => status === 200).length, busy.length]).toEqual([33, 467]);
    for (const { headers, body } of busy) {
      expect(Number(headers["retry-after"])).toBeGreaterThan(0);
      expect(JSON.parse(body).message).toBe("Too many commands wait for this device");
    }
  },
);

test(45, "a command that would meet a heartbeat comes after it", async () => {
  const clock = new MovableClock();
  const plane = await Plane.start(":memory:", clock);
  const device = await made(plane);
  const tunnel = await plane.connected(device);
  clock.move(29_700);
  const commands = Array.from({ length: 33 }, () =>
    plane.api("POST", commandPath(device.deviceId), { action: "health_check" }),
  );
  // One too many for those who wait: so all wait, and none was sent.
  expect((await Promise.race(commands)).status).toBe(429);
  expect(tunnel.heard).toEqual([]);
  tunnel.say({ type: "ping" });
  const command = await tunnel.hear("command");
  expect(tunnel.heard.map(({ type }) => type)).toEqual(["pong"]);
  succeed(tunnel, command);
  tunnel.channel.terminate();
  await Promise.all(commands);
});

test(46, "the heartbeats of many loops are all answered", async () => {
  const plane = await Plane.start();
  const tunnel = await plane.connected(await made(plane));
  for (let loop = 0; loop < 1_000; loop++) tunnel.say({ type: "ping" });
  for (let loop = 0; loop < 1_000; loop++) await tunnel.hear("pong");
  expect(tunnel.channel.open).toBe(true);
});

/** A tunnel whose other end has gone without a word: nothing that comes is answered. */
async function halfOpen(plane: Plane, { deviceId, apiKey }: { deviceId: string; apiKey: string }): Promise<WebSocket> {
  const socket = new WebSocket(`${plane.origin.replace("http", "ws")}/tunnel`, { autoPong: false });
  onTestFinished(() => socket.terminate());
  socket.on("open", () => socket.send(JSON.stringify({ type: "connect", device_id: deviceId, api_key: apiKey })));
  await once(socket, "message");
  return socket;
}

test(
  47,
  "a half-open tunnel is found and dropped within 90 s, and the device seen last when it was heard of",
  async () => {
    const clock = new MovableClock();
    const plane = await Plane.start(":memory:", clock);
    const device = await made(plane);
    const socket = await halfOpen(plane, device);
    const heardAt = clock.now();
    const closed = once(socket, "close");
    for (let second = 0; second < 90; second += 15) {
      clock.move(15_000);
      await clock.turn();
    }
    expect((await closed)[0]).toBe(1006);
    await expect.poll(() => shown(plane, device.deviceId)).toMatchObject({ online: false });
    const { lastSeen } = await shown(plane, device.deviceId);
    expect(Math.abs(Date.parse(lastSeen ?? "") - heardAt)).toBeLessThan(5_000);
  },
);

test(48, "the time for an answer starts when a device that is at its shadow may read", async () => {
  const clock = new MovableClock();
  const plane = await Plane.start(":memory:", clock);
  const device = await made(plane);
  const tunnel = await plane.connected(device);
  const ask = () => plane.api("POST", commandPath(device.deviceId), { action: "health_check", timeoutSeconds: 1 });
  const patient = ask();
  const command = await tunnel.hear("command");
  clock.move(19_000);
  expect((await ownShadow(plane, device, { online: true })).status).toBe(200);
  succeed(tunnel, command);
  expect((await patient).status).toBe(200);
  // One that has answered reads.
  const unanswered = ask();
  await tunnel.hear("command");
  clock.move(1_000);
  expect((await unanswered).status).toBe(504);
});

test(49, "500 devices that come back together are welcomed within 10 s, and their shadows are there", async () => {
  const plane = await Plane.start();
  const codes = (await plane.integration.createCodes(org, { name: "fleet", quantity: 500, ttlSeconds: 600 })).codes;
  const devices = await Promise.all(codes.map((code) => plane.device(code)));
  const started = performance.now();
  const tunnels = await Promise.all(devices.map((device) => plane.connected(device)));
  const shadows = await Promise.all(devices.map((device) => ownShadow(plane, device, { online: true })));
  expect(performance.now() - started).toBeLessThan(10_000);
  expect(shadows.filter(({ status }) => status !== 200)).toEqual([]);
  expect(tunnels.filter(({ channel }) => !channel.open)).toEqual([]);
  expect((await plane.integration.listDevices(org)).filter(({ online }) => online)).toHaveLength(500);
});

test(50, "a NUL in what a box tells of itself is dropped, and one in its shadow is kept as it is", async () => {
  const plane = await Plane.start();
  const answer = await plane.send("POST", "/api/v1/devices/provision", {
    provisioning_code: await plane.code(),
    hardware_info: { board_model: "Raspberry Pi 4\u0000", os: "linux\u0000", arch: "\u0000arm64", kernel: "\u0000" },
    network_info: {
      hostname: "pi\u0000-1",
      mac_address: "dc:a6\u0000",
      ip_address: "\u0000",
      connection_type: "\u0000",
    },
  });
  expect(answer.status).toBe(201);
  const { device_id, api_key } = JSON.parse(answer.body);
  const device = { deviceId: DeviceId.parse(device_id), apiKey: api_key };
  const tunnel = await plane.tunnel();
  tunnel.say({ type: "connect", device_id, api_key, version: "1.0\u0000.0" });
  await tunnel.hear("connected");
  expect(await shown(plane, device_id)).toMatchObject({
    name: "pi-1",
    boardModel: "Raspberry Pi 4",
    macAddress: "dc:a6",
    agentVersion: "1.0.0",
  });
  const reported = { "k\u0000ey": "va\u0000lue" };
  const shadow = Shadow.parse(JSON.parse((await ownShadow(plane, device, reported)).body));
  expect(shadow.reported).toEqual(reported);
});

test(51, "no answer but a success has a success's status, and a success has all that it must", async () => {
  const plane = await Plane.start();
  const used = await plane.code();
  const success = await plane.provision(used);
  expect([success.status, JSON.parse(success.body)]).toEqual([
    201,
    {
      device_id: expect.stringMatching(/^dev_./),
      api_key: expect.stringMatching(/^efk_./),
      expires_at: expect.stringMatching(/Z$/),
    },
  ]);
  const past = await plane.integration.createCodes(org, { name: "past", expiresAt: "2020-01-01T00:00:00Z" });
  const path = "/api/v1/devices/provision";
  const code = (provisioning_code: unknown) => plane.send("POST", path, { provisioning_code });
  const refusals = [
    await code(used),
    await code(past.codes[0]),
    await code("PROV-AAAA-AAAA"),
    await code(""),
    await code(null),
    await plane.send("POST", path, "{}"),
    await plane.send("POST", path, ""),
    await plane.send("POST", path, "<html>"),
    await plane.send("GET", path),
    await plane.send("POST", `${path}/`, {}),
    await plane.send("POST", "/api/v1/devices/", {}),
  ];
  expect(refusals.map(({ status }) => status)).toEqual([409, 410, 404, 400, 400, 400, 400, 400, 404, 404, 404]);
  for (const { body } of refusals) expect(body).toMatch(/"(error|message)":"./);
});
