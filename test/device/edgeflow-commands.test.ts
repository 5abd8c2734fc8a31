import { afterEach, expect, test } from "vitest";
import { Flows } from "../../src/device/index.js";
import { edgeflow, edgeflowField, type Persona } from "../../src/device/persona.js";
import { commandActions } from "../../src/protocol/edgeflow/index.js";
import { ManualClock } from "./support/clock.js";
import { cloud, command, liveDevice, sent, shadow, writeEnv } from "./support/edgeflow.js";
import { box, closeAll } from "./support/life.js";

afterEach(closeAll);

type Row = readonly [action: string, payload: object | undefined, answer: object];

const ok = (data: object) => ({ status: "success", data });
const error = (text: string) => ({ status: "error", error: text });
const unwritten = ["create_flow", "update_flow", "delete_flow"].map(
  (action): Row => [action, { flow_id: "f1" }, error(`${action} not yet implemented`)],
);
const noFlow = error("missing flow_id");

const both: readonly Row[] = [
  ["get_flow", {}, noFlow],
  ["start_flow", undefined, noFlow],
  ["stop_flow", { flow_id: "" }, noFlow],
  ...unwritten,
  ["get_shadow", undefined, ok(shadow)],
  ["update_desired", { desired: { led: true } }, ok({ delta: { led: true } })],
  ["update_desired", {}, error("invalid desired state payload")],
  ["update_desired", { desired: "on" }, error("invalid desired state payload")],
  ["get_system_metrics", undefined, { status: "success", data: { arch: "arm64", memory: { total_bytes: 2 ** 32 } } }],
  ["get_executions", undefined, ok({ executions: [] })],
  ["reboot", undefined, error("unknown command action: reboot")],
];

const lamp = { id: "f1", name: "lamp", status: "stopped" } as const;
const documented: readonly Row[] = [
  ...both,
  ["health_check", undefined, ok({ status: "healthy", uptime: "0s", version: "1.0.0" })],
  ["list_flows", undefined, ok({ flows: [lamp] })],
  ["get_flow", { flow_id: "f1" }, ok(lamp)],
  ["start_flow", { flow_id: "f1" }, ok({ flow_id: "f1", status: "started" })],
  ["get_flow", { flow_id: "f1" }, ok({ ...lamp, status: "started" })],
  ["stop_flow", { flow_id: "f1" }, ok({ flow_id: "f1", status: "stopped" })],
  ["start_flow", { flow_id: "f2" }, error("flow not found: f2")],
  ["get_flow", { flow_id: "f2" }, error("flow not found: f2")],
  ["get_gpio_state", undefined, ok({ available: false, message: "this device has no GPIO" })],
];

const asShipped: readonly Row[] = [
  ...both,
  ["health_check", undefined, ok({ status: "healthy", uptime: "TODO", version: "1.0.0" })],
  ["list_flows", undefined, ok({ flows: [lamp] })],
  ["get_flow", { flow_id: "f1" }, error("INVALID_CONFIG: service does not implement GetFlow")],
  ["start_flow", { flow_id: "f2" }, ok({ flow_id: "f2", status: "started" })],
  ["stop_flow", { flow_id: "f1" }, ok({ flow_id: "f1", status: "stopped" })],
  ["get_gpio_state", undefined, ok({ available: false, message: "HAL not initialized" })],
];

/** As shipped, but for what would end it. */
const field: Persona = { ...edgeflowField, device: { ...edgeflowField.device, crashesInBursts: false } };

test.each([
  ["as documented", edgeflow, documented],
  ["as shipped", field, asShipped],
] as const)("a device %s answers each command with its id", async (_, persona, rows) => {
  const server = await cloud();
  const disk = box();
  writeEnv(disk, server);
  const flows = new Flows([lamp]);
  const { device, diary } = liveDevice(disk.boot({ clock: new ManualClock() }), { persona, flows });
  await diary.happened("connected");
  for (const [index, [action, payload]] of rows.entries()) {
    command(server, `c${index}`, action, payload);
    await diary.happened("command", index + 1);
  }
  await server.frames.until((frame) => frame.includes('"response"'), rows.length);
  await device.stop();
  const responses = sent(server, "response");
  expect(responses.map(({ id }) => id)).toEqual(rows.map((__, index) => `c${index}`));
  for (const [index, [, , answer]] of rows.entries()) expect(responses[index]).toMatchObject(answer);
  const known = new Set(rows.map(([action]) => action));
  for (const action of Object.keys(commandActions)) expect(known).toContain(action);
});

test("a shadow that cannot be fetched is an answer, and so is a machine that cannot be read", async () => {
  const server = await cloud({ shadow: () => ({ status: 503, body: { error: "later" } }) });
  const disk = box();
  writeEnv(disk, server);
  const machine = {
    facts: async () => ({ hardware: {}, network: {} }),
    metrics: () => Promise.reject(new Error("no /proc\nhere")),
  };
  const { device, diary } = liveDevice(disk.boot(), { machine });
  await diary.happened("connected");
  command(server, "a", "get_shadow");
  command(server, "b", "get_system_metrics");
  await server.frames.until((frame) => frame.includes('"response"'), 2);
  await device.stop();
  const errors = Object.fromEntries(sent(server, "response").map(({ id, error }) => [id, error]));
  expect(errors).toEqual({ a: "shadow: later", b: "no /proc here" });
});

test("commands are carried out at the same time: a slow one holds up none", async () => {
  let answerMachine: ((facts: never) => void) | undefined;
  const server = await cloud();
  const disk = box();
  writeEnv(disk, server);
  const machine = {
    facts: async () => ({ hardware: {}, network: {} }),
    metrics: () => new Promise<never>((resolve) => (answerMachine = resolve)),
  };
  const { device, diary } = liveDevice(disk.boot(), { machine });
  await diary.happened("connected");
  command(server, "slow", "get_system_metrics");
  command(server, "quick", "health_check");
  await server.frames.until((frame) => frame.includes('"quick"'));
  expect(answerMachine).toBeDefined();
  expect(sent(server, "response").map(({ id }) => id)).toEqual(["quick"]);
  await device.stop();
});

test("a device works on 32 commands at a time, and is busy for the rest", async () => {
  const server = await cloud();
  const disk = box();
  writeEnv(disk, server);
  const machine = { facts: async () => ({ hardware: {}, network: {} }), metrics: () => new Promise<never>(() => {}) };
  const { device, diary } = liveDevice(disk.boot(), { machine });
  await diary.happened("connected");
  for (let index = 0; index < 40; index++) command(server, `c${index}`, "get_system_metrics");
  await server.frames.until((frame) => frame.includes('"response"'), 8);
  await device.stop();
  expect(sent(server, "response").map(({ id, error }) => [id, error])).toEqual(
    [32, 33, 34, 35, 36, 37, 38, 39].map((index) => [`c${index}`, "busy"]),
  );
});
