import { expect, test } from "vitest";
import { openSqlite } from "../../src/control-plane/index.js";
import { commandActions, isActionName } from "../../src/protocol/edgeflow/actions.js";
import { Shadow } from "../../src/protocol/edgeflow/api.js";
import { DeviceId, normalCode } from "../../src/provisioning/credentials.js";
import { peppered, sha256 } from "../../src/provisioning/secret.js";
import { devicesPath, made } from "./edgeflow-devices.js";
import { Plane, pepper } from "./plane.js";

/** What a device of the field said and was told, as it went over the wire (PROTOCOLS F). */
const recorded = {
  provision:
    '{"provisioning_code":"PROV-A1B2-C3D4","hardware_info":{"arch":"arm64","board_model":"linux/arm64","cpu_cores":2,"kernel":"","os":"linux","ram_mb":6},"network_info":{"connection_type":"ethernet","hostname":"vm","ip_address":"192.0.2.2","mac_address":"02:fc:00:00:00:01"}}',
  connect:
    '{"type":"connect","device_id":"dev_abc123xyz","api_key":"efk_testkey_0123456789abcdef","version":"1.0.0","timestamp":"2026-11-22T06:05:04.790750297Z"}',
  shadow: '{"reported":{"agent_version":"1.0.0","last_updated":"2026-11-22T06:05:04Z","online":true}}',
  ping: '{"type":"ping","timestamp":"2026-11-22T06:05:07.813854051Z"}',
  responses: [
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
  ],
} as const;

const device = { deviceId: "dev_abc123xyz", apiKey: "efk_testkey_0123456789abcdef" };

/** A plane that knows the code and the device of the recording. */
async function recordedPlane(): Promise<Plane> {
  const database = openSqlite(":memory:");
  const plane = await Plane.start(database);
  await plane.code();
  const { deviceId } = await made(plane, { name: "recorded" });
  const run = (sql: string, ...values: string[]) => database.prepare(sql).run(values);
  run("update code set hash = ?", peppered(pepper, normalCode("PROV-A1B2-C3D4")));
  run("update device set api_key_hash = ? where id = ?", sha256(device.apiKey), deviceId);
  database.prepare("pragma foreign_keys = off").run([]);
  run("update device set id = ? where id = ?", device.deviceId, deviceId);
  run("update shadow set device_id = ? where device_id = ?", device.deviceId, deviceId);
  database.prepare("pragma foreign_keys = on").run([]);
  return plane;
}

test("the recorded exchange is answered with bare credentials", async () => {
  const plane = await recordedPlane();
  const answer = await plane.send("POST", "/api/v1/devices/provision", recorded.provision);
  expect([answer.status, answer.headers["content-type"]]).toEqual([201, "application/json"]);
  const { device_id, api_key, expires_at, ...rest } = JSON.parse(answer.body);
  expect([DeviceId.safeParse(device_id).success, rest]).toEqual([true, {}]);
  expect(api_key).toMatch(/^efk_/);
  expect(expires_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect((await plane.send("POST", "/api/v1/devices/provision", recorded.provision)).body).toMatch(/^\{"error":"/);
});

test("the recorded connect, heartbeat and shadow are answered as the device expects", async () => {
  const plane = await recordedPlane();
  const tunnel = await plane.tunnel();
  tunnel.say(recorded.connect);
  expect(await tunnel.hear("connected")).toEqual({ type: "connected" });
  tunnel.say(recorded.ping);
  expect(await tunnel.hear("pong")).toEqual({ type: "pong" });
  const path = `/api/v1/devices/${device.deviceId}/shadow`;
  const own = { "X-Api-Key": device.apiKey };
  const shadow = await plane.send("GET", path, undefined, own);
  expect([shadow.status, Object.keys(JSON.parse(shadow.body)).sort()]).toEqual([
    200,
    ["delta", "desired", "device_id", "metadata", "reported", "updated_at", "version"],
  ]);
  const reported = await plane.send("PUT", path, recorded.shadow, own);
  expect([reported.status, Shadow.parse(JSON.parse(reported.body)).reported]).toEqual([
    200,
    { agent_version: "1.0.0", last_updated: "2026-11-22T06:05:04Z", online: true },
  ]);
});

const payloads: Readonly<Record<string, object>> = {
  get_flow: { flow_id: "f1" },
  start_flow: { flow_id: "f1" },
  update_desired: { desired: { led: true } },
};

test.each(recorded.responses.map((text) => [JSON.parse(text).id.replace(/^c\d+-/, ""), text] as const))(
  "the recorded answer to %s reaches whoever asked",
  async (action, text) => {
    const plane = await recordedPlane();
    const tunnel = await plane.tunnel();
    tunnel.say(recorded.connect);
    await tunnel.hear("connected");
    const payload = payloads[action];
    const asked = plane.api("POST", `${devicesPath}/${device.deviceId}/command`, {
      action,
      ...(payload && { payload }),
    });
    const command = await tunnel.hear("command");
    expect(command).toEqual({ type: "command", id: expect.any(String), action, payload: payload ?? {} });
    tunnel.say(text.replace(/"id":"[^"]+"/, `"id":"${command.id}"`));
    const { type: _, id, timestamp, ...said } = JSON.parse(text);
    expect(JSON.parse((await asked).body)).toMatchObject({ data: said, success: true });
    if (said.status === "success" && isActionName(action)) {
      expect(commandActions[action].data.parse(said.data)).toEqual(said.data);
    }
  },
);
