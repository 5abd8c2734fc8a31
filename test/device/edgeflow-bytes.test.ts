import { afterEach, expect, test } from "vitest";
import type { Facts } from "../../src/device/index.js";
import { edgeflow, edgeflowField, type Persona } from "../../src/device/persona.js";
import type { HttpRequest } from "../../src/world/network.js";
import type { World } from "../../src/world/world.js";
import { ManualClock } from "./support/clock.js";
import { cloud, command, liveDevice, provisionPath, shadowPath, writeEnv } from "./support/edgeflow.js";
import { box, closeAll } from "./support/life.js";
import { withRequests } from "./support/requests.js";

afterEach(closeAll);

/** What a device of the field put on the wire (PROTOCOLS F). */
const recorded = {
  provision:
    '{"provisioning_code":"PROV-A1B2-C3D4","hardware_info":{"arch":"arm64","board_model":"linux/arm64","cpu_cores":2,"kernel":"","os":"linux","ram_mb":6},"network_info":{"connection_type":"ethernet","hostname":"vm","ip_address":"192.0.2.2","mac_address":"02:fc:00:00:00:01"}}',
  shadow: '{"reported":{"agent_version":"1.0.0","last_updated":"2026-11-22T06:05:04Z","online":true}}',
  frames: [
    '{"type":"connect","device_id":"dev_abc123xyz","api_key":"efk_testkey_0123456789abcdef","version":"1.0.0","timestamp":"2026-11-22T06:05:04.790750297Z"}',
    '{"type":"response","id":"c0-health_check","status":"success","data":{"status":"healthy","uptime":"TODO","version":"1.0.0"},"timestamp":"2026-11-22T06:05:05.101621532Z"}',
    '{"type":"response","id":"c2-get_flow","status":"error","error":"INVALID_CONFIG: service does not implement GetFlow","timestamp":"2026-11-22T06:06:27.629357949Z"}',
    '{"type":"response","id":"c3-start_flow","status":"success","data":{"flow_id":"f1","status":"started"},"timestamp":"2026-11-22T06:05:05.399704277Z"}',
    '{"type":"response","id":"c5-create_flow","status":"error","error":"create_flow not yet implemented","timestamp":"2026-11-22T06:05:05.599807816Z"}',
    '{"type":"response","id":"c6-get_shadow","status":"success","data":{"device_id":"dev_abc123xyz","version":1,"desired":{"led":true},"reported":{},"delta":{"led":true},"metadata":{},"updated_at":"2026-02-21T12:00:00Z"},"timestamp":"2026-11-22T06:05:05.700719558Z"}',
    '{"type":"response","id":"c7-update_desired","status":"success","data":{"delta":{"led":true}},"timestamp":"2026-11-22T06:05:05.801747173Z"}',
    '{"type":"response","id":"c8-get_system_metrics","status":"success","data":{"arch":"AMD EPYC","board_model":"Unknown","cpu":{"usage_percent":11.072664359861594},"hostname":"vm","load_avg":{"15min":0.57,"1min":1.56,"5min":1.07},"memory":{"available_bytes":24142483456,"free_bytes":22414491648,"percent":4.486500133527272,"total_bytes":25276514304,"used_bytes":1134030848},"network":{"rx_bytes":816953699,"tx_bytes":2142003},"os":"linux","swap":{"total_bytes":0,"used_bytes":0},"temperature":0,"uptime":1163},"timestamp":"2026-11-22T06:05:05.903500512Z"}',
    '{"type":"response","id":"c9-get_executions","status":"success","data":{"executions":[]},"timestamp":"2026-11-22T06:05:05.99949284Z"}',
    '{"type":"response","id":"c10-get_gpio_state","status":"success","data":{"available":false,"message":"HAL not initialized"},"timestamp":"2026-11-22T06:05:06.098970279Z"}',
    '{"type":"response","id":"c11-reboot","status":"error","error":"unknown command action: reboot","timestamp":"2026-11-22T06:05:06.199027867Z"}',
    '{"type":"ping","timestamp":"2026-11-22T06:05:07.813854051Z"}',
  ],
} as const;

const payloads: Readonly<Record<string, object>> = {
  get_flow: { flow_id: "f1" },
  start_flow: { flow_id: "f1" },
  update_desired: { desired: { led: true } },
};

/** The box of the recording, as it is and not as the code in the field tells. */
const facts: Facts = {
  hardware: { os: "linux", arch: "arm64", cpu_cores: 2, ram_mb: 24_105, kernel: "6.1.0", board_model: "linux/arm64" },
  network: { hostname: "vm", ip_address: "192.0.2.2", mac_address: "02:fc:00:00:00:01", connection_type: "wifi" },
};
const machine = {
  facts: async () => facts,
  metrics: async () => JSON.parse(recorded.frames[7]).data,
};

/** A clock that shows each time of a list once, and then stays. */
class RecordedClock extends ManualClock {
  #times: readonly string[] = [];
  show(...times: readonly string[]): void {
    this.#times = times;
  }
  get #shown(): string | undefined {
    return this.#times[0];
  }
  override now(): number {
    return this.#shown === undefined ? super.now() : Date.parse(`${this.#shown.slice(0, 23)}Z`);
  }
  override monotonic(): number {
    const below = this.#shown?.replace(/^.{23}/, "").replace("Z", "") ?? "";
    // Half a nanosecond more, since a binary fraction may lie just below.
    return super.monotonic() + Number(`0.${below.padEnd(6, "0")}5`);
  }
}

/** A World that notes its requests. */
function noting(world: World, requests: HttpRequest[]): World {
  return withRequests(world, (asked, ask) => {
    requests.push(asked);
    return ask(asked);
  });
}

test("exchange, tunnel, shadow and answers are those of the recording, byte for byte", async () => {
  const server = await cloud();
  const disk = box();
  writeEnv(disk, server);
  const clock = new RecordedClock();
  const timeOf = (text: string): string => JSON.parse(text).timestamp;
  const requests: HttpRequest[] = [];
  clock.show(timeOf(recorded.frames[0]));
  const persona: Persona = { ...edgeflowField, device: { ...edgeflowField.device, crashesInBursts: false } };
  const { device, diary } = liveDevice(noting(disk.boot({ clock }), requests), { machine, persona });
  await diary.happened("connected");
  while (server.asked(shadowPath).length < 2) await clock.turn();

  const answers = recorded.frames.filter((text) => text.includes('"response"'));
  for (const [index, text] of answers.entries()) {
    const { id, timestamp } = JSON.parse(text);
    const action = id.replace(/^c\d+-/, "");
    clock.show(timestamp);
    command(server, id, action, payloads[action]);
    await diary.happened("command", index + 1);
  }
  clock.show(timeOf(recorded.frames[11]));
  clock.advance(30_000);
  await server.frames.until((frame) => frame.includes('"ping"'));
  await device.stop();

  expect(server.asked(provisionPath).map(({ body }) => body)).toEqual([recorded.provision]);
  expect(server.frames.entries).toEqual(recorded.frames);
  const [get, put, ...more] = server.asked(shadowPath);
  expect([get?.method, get?.body]).toEqual(["GET", ""]);
  expect([put?.method, put?.body]).toEqual(["PUT", recorded.shadow]);
  expect(more.every(({ method }) => method === "GET")).toBe(true);
  const headers = requests.map(({ headers }) => headers);
  const common = { "user-agent": "Go-http-client/1.1", "accept-encoding": "gzip" };
  const json = { "content-type": "application/json" };
  const own = { "x-api-key": "efk_testkey_0123456789abcdef" };
  expect(headers.slice(0, 3)).toEqual([
    { ...common, ...json },
    { ...common, ...own },
    { ...common, ...own, ...json },
  ]);
});

test("the tunnel is asked for without a query, and without a word on who asks", async () => {
  const server = await cloud();
  const disk = box();
  writeEnv(disk, server);
  const { device, diary } = liveDevice(disk.boot(), { persona: edgeflowField });
  await diary.happened("connected");
  await device.stop();
  expect(server.upgrades.map(({ pathname, search }) => pathname + search)).toEqual(["/tunnel"]);
});

test.each([
  [
    "the name of a board keeps the NUL at its end",
    "Raspberry Pi 4 Model B Rev 1.4",
    "Raspberry Pi 4 Model B Rev 1.4\\u0000",
  ],
  ["a box without a device tree is called by its system", undefined, "linux/arm64"],
])("as shipped, %s", async (_, board, told) => {
  const server = await cloud();
  const disk = box();
  writeEnv(disk, server);
  const { board_model: __, ...rest } = facts.hardware;
  const hardware = { ...rest, ...(board !== undefined && { board_model: board }) };
  const { device, diary } = liveDevice(disk.boot(), { facts: { ...facts, hardware }, persona: edgeflowField });
  await diary.happened("connected");
  await device.stop();
  expect(server.asked(provisionPath)[0]?.body).toContain(
    `"board_model":"${told}","cpu_cores":2,"kernel":"","os":"linux","ram_mb":6}`,
  );
});

test("as documented, the box is told of as it is", async () => {
  const server = await cloud();
  const disk = box();
  writeEnv(disk, server);
  const { device, diary } = liveDevice(disk.boot(), { facts, persona: edgeflow });
  await diary.happened("connected");
  await device.stop();
  expect(JSON.parse(server.asked(provisionPath)[0]?.body ?? "")).toEqual({
    provisioning_code: "PROV-A1B2-C3D4",
    hardware_info: facts.hardware,
    network_info: facts.network,
  });
});
