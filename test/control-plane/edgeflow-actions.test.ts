import { afterEach, expect, test } from "vitest";
import { commandActions, isActionName } from "../../src/protocol/edgeflow/actions.js";
import { facts, liveDevice } from "../device/support/edgeflow.js";
import { box, closeAll } from "../device/support/life.js";
import { devicesPath, made, record, shown, succeed } from "./edgeflow-devices.js";
import { MovableClock, org, Plane, verdict } from "./plane.js";

afterEach(closeAll);

const payloads: Readonly<Record<string, Record<string, unknown>>> = {
  get_flow: { flow_id: "f1" },
  start_flow: { flow_id: "f1" },
  stop_flow: { flow_id: "f1" },
  update_desired: { desired: { led: true } },
};

/** What our own device, which has no flows, refuses. */
const refused: Readonly<Record<string, string>> = {
  get_flow: "flow not found: f1",
  start_flow: "flow not found: f1",
  stop_flow: "flow not found: f1",
  create_flow: "create_flow not yet implemented",
  update_flow: "update_flow not yet implemented",
  delete_flow: "delete_flow not yet implemented",
};

test("every action is carried out by a device, and its answer is what the table says", async () => {
  const plane = await Plane.start();
  const disk = box();
  const host = new URL(plane.origin).host;
  const lines = ["SAAS_ENABLED=true", `SAAS_URL=${host}`, "SAAS_TLS=false", `PROVISIONING_CODE=${await plane.code()}`];
  disk.write(".env", lines.map((line) => `EDGEFLOW_${line}\n`).join(""));
  const { device, diary } = liveDevice(disk.boot());
  await diary.happened("connected");
  const { device_id } = device.status();
  for (const action of Object.keys(commandActions).filter(isActionName)) {
    const payload = payloads[action];
    const result = await plane.command(device_id, { action, ...(payload && { payload }) });
    if (action in refused) expect(result).toEqual({ status: "error", error: refused[action] });
    else expect([action, result.status]).toEqual([action, "success"]);
    if (result.status === "success") expect(commandActions[action].data.parse(result.data)).toEqual(result.data);
  }
  expect(await plane.command(device_id, { action: "reboot" })).toEqual({
    status: "error",
    error: "unknown command action: reboot",
  });
  expect(await shown(plane, device_id)).toMatchObject({ agentVersion: "1.0.0", name: facts.network.hostname });
  await device.stop();
});

test.each([
  ["get_flow", undefined, "missing flow_id"],
  ["start_flow", {}, "missing flow_id"],
  ["stop_flow", { flow_id: "" }, "missing flow_id"],
  ["start_flow", { flow_id: 7 }, "missing flow_id"],
  ["update_desired", {}, "invalid desired state payload"],
  ["update_desired", { desired: [1] }, "invalid desired state payload"],
])("%s with %j is refused before it is sent: %s", async (action, payload, words) => {
  const plane = await Plane.start();
  const device = await made(plane);
  const tunnel = await plane.connected(device);
  const path = `${devicesPath}/${device.deviceId}/command`;
  expect(verdict(await plane.api("POST", path, { action, payload }))).toEqual({
    status: 400,
    message: `The payload does not fit ${action}: ${words}`,
  });
  tunnel.say({ type: "ping" });
  await tunnel.hear("pong");
  expect(tunnel.heard).toEqual([]);
});

test("a command is on record with its outcome, and never with its payload", async () => {
  const clock = new MovableClock();
  const plane = await Plane.start(":memory:", clock);
  const device = await made(plane);
  const send = (action: string) =>
    plane.api("POST", `${devicesPath}/${device.deviceId}/command`, { action, payload: { word: "s3cr3t" } });
  await send("health_check");
  const tunnel = await plane.connected(device);
  const done = send("list_flows");
  succeed(tunnel, await tunnel.hear("command"), { flows: ["s3cr3t"] });
  await done;
  const failed = send("a secret pasted s3cr3t");
  tunnel.say({ type: "response", id: (await tunnel.hear("command")).id, status: "error", error: "s3cr3t" });
  await failed;
  const silent = send("get_executions");
  await tunnel.hear("command");
  clock.move(10_000);
  expect((await silent).status).toBe(504);
  expect(await record(plane, device.deviceId)).toEqual([
    "command get_executions: timeout",
    "command an action without a name: error",
    "command list_flows: success",
    "command health_check: offline",
    "create created",
  ]);
  expect((await plane.api("GET", `/v1/org/${org}/audit`)).body).not.toContain("s3cr3t");
});

test("an answer that comes too late is not taken for the next command's", async () => {
  const clock = new MovableClock();
  const plane = await Plane.start(":memory:", clock);
  const device = await made(plane);
  const tunnel = await plane.connected(device);
  const path = `${devicesPath}/${device.deviceId}/command`;
  const late = plane.api("POST", path, { action: "get_system_metrics", timeoutSeconds: 1 });
  const first = await tunnel.hear("command");
  const next = plane.api("POST", path, { action: "health_check" });
  clock.move(21_000);
  expect((await late).status).toBe(504);
  const second = await tunnel.hear("command");
  succeed(tunnel, first, "late");
  succeed(tunnel, second, "in time");
  expect(JSON.parse((await next).body)).toMatchObject({ data: { data: "in time" } });
});

test("a device that vanishes with commands outstanding and waiting is offline to all who asked", async () => {
  const plane = await Plane.start();
  const device = await made(plane);
  const tunnel = await plane.connected(device);
  const path = `${devicesPath}/${device.deviceId}/command`;
  const asked = Array.from({ length: 5 }, () => plane.api("POST", path, { action: "health_check" }));
  await tunnel.hear("command");
  tunnel.channel.terminate();
  const answers = (await Promise.all(asked)).map(verdict);
  expect(answers).toEqual(Array(5).fill({ status: 409, message: "Device is not connected" }));
  const again = await plane.connected(device);
  const fresh = plane.command(device.deviceId, { action: "health_check" });
  succeed(again, await again.hear("command"));
  expect((await fresh).status).toBe("success");
});

test("an operator of another organisation neither commands, sees nor ends a device that is connected", async () => {
  const plane = await Plane.start();
  const device = await made(plane);
  const tunnel = await plane.connected(device);
  await plane.integration.createOrg({ orgId: "acme" });
  const { apiKey } = await plane.integration.createApiKey("acme", { name: "all", scopes: ["*"] });
  const headers = { authorization: `Bearer ${apiKey}` };
  for (const owner of ["acme", org]) {
    const path = `/v1/org/${owner}/device/${device.deviceId}`;
    const answers = [
      await plane.send("GET", path, undefined, headers),
      await plane.send("POST", `${path}/command`, { action: "health_check" }, headers),
      await plane.send(
        "POST",
        `${path}/command`,
        { action: "update_desired", payload: { desired: { a: 1 } } },
        headers,
      ),
      await plane.send("GET", `${path}/shadow`, undefined, headers),
      await plane.send("PATCH", `${path}/shadow`, { desired: { led: true } }, headers),
      await plane.send("POST", `${path}/revoke`, undefined, headers),
      await plane.send("DELETE", path, undefined, headers),
    ];
    expect(answers.map(({ status }) => status)).toEqual(Array(7).fill(owner === org ? 403 : 404));
  }
  tunnel.say({ type: "ping" });
  await tunnel.hear("pong");
  expect([tunnel.heard, tunnel.channel.open]).toEqual([[], true]);
  expect(await record(plane, device.deviceId)).toEqual(["create created"]);
});
