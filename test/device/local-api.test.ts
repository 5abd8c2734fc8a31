import { describe, expect, it, onTestFinished } from "vitest";
import { SteeringRefused, serveLocally } from "../../src/device/edgeflow/local/index.js";
import { FirstbootError } from "../../src/error.js";
import { realWorld } from "../../src/world/real/index.js";
import { credentials } from "./support/edgeflow.js";
import { local, saas } from "./support/local.js";
import { ScriptedSteering } from "./support/steering.js";

describe("the local API", () => {
  it("shows the status in the documentation's fields and order", async () => {
    const { steering, get } = await local();
    steering.connected = steering.provisioned = true;
    const { status, body, headers } = await get("/status");
    expect({ status, body }).toEqual({
      status: 200,
      body: '{"connected":true,"device_id":"dev_abc123xyz","status":"online","last_heartbeat":"2026-02-21T12:00:00Z","uptime":12}\n',
    });
    expect(headers).toMatchObject({ "content-type": "application/json", "cache-control": "no-store" });
    expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  });

  it("exchanges a code and shows the key in that one answer, and never again", async () => {
    const { steering, send, get, logged } = await local();
    const answer = await send("POST", "/provision", { provisioning_code: " PROV-A1B2-C3D4 " });
    expect(answer).toMatchObject({ status: 200, said: credentials });
    expect(Object.keys(answer.said)).toEqual(["device_id", "api_key", "expires_at"]);
    expect(steering.asked.entries).toEqual(["provision PROV-A1B2-C3D4"]);
    for (const path of ["/status", "/config"]) expect((await get(path)).body).not.toContain(credentials.api_key);
    expect(logged).toEqual([]);
  });

  it("answers 409 where there are credentials, unless asked to replace them", async () => {
    const { steering, send } = await local();
    steering.provisioned = true;
    const code = { provisioning_code: "PROV-A1B2-C3D4" };
    expect(await send("POST", "/provision", code)).toMatchObject({
      status: 409,
      said: { error: "The device has credentials already" },
    });
    expect(await send("POST", "/provision", { ...code, replace: true })).toMatchObject({
      status: 200,
      said: credentials,
    });
  });

  it("passes on what the cloud answers", async () => {
    const steering = new ScriptedSteering();
    const { send } = await local(steering);
    for (const [said, status] of [
      [404, 404],
      [410, 410],
      [503, 503],
      [302, 502],
    ] as const) {
      steering.outcome = () => Promise.reject(new SteeringRefused(said, "in the cloud's words"));
      expect(await send("POST", "/provision", { provisioning_code: "PROV-A1B2-C3D4" })).toMatchObject({
        status,
        said: { error: "in the cloud's words" },
      });
    }
  });

  it("says what a person has to mend, and keeps what nobody foresaw to the log", async () => {
    const steering = new ScriptedSteering();
    const { send, logged } = await local(steering);
    const code = { provisioning_code: "PROV-A1B2-C3D4" };
    steering.outcome = () => Promise.reject(new FirstbootError("FB1002", { what: "cannot write state" }));
    expect(await send("POST", "/provision", code)).toMatchObject({
      status: 500,
      said: { error: "cannot write state" },
    });
    expect(logged).toEqual([]);
    steering.outcome = () => Promise.reject(new TypeError("undefined is not a function"));
    expect((await send("POST", "/provision", code)).body).toBe('{"error":"A fault in firstboot itself"}\n');
    expect(logged).toEqual([expect.stringContaining("undefined is not a function")]);
  });

  it.each([
    ["PUT", "/config", { server_url: "other.example.com:443" }, { message: "Configuration updated" }],
    ["POST", "/connect", undefined, { message: "Connecting..." }],
    ["POST", "/disconnect", undefined, { message: "Disconnected" }],
  ])("steers the device: %s %s", async (method, path, value, said) => {
    const { send, call, steering } = await local();
    const answer = value === undefined ? await call(method, saas + path) : await send(method, path, value);
    expect(answer).toMatchObject({ status: 200, said });
    expect(steering.asked.entries).toHaveLength(1);
  });

  it("says that the device is connected already", async () => {
    const { steering, call } = await local();
    steering.connected = true;
    expect((await call("POST", `${saas}/connect`)).said).toEqual({ message: "Already connected" });
  });

  it("shows the configuration as it may be shown", async () => {
    const { get, steering } = await local();
    expect((await get("/config")).said).toEqual(steering.config());
  });
});

describe("the local API listens", () => {
  it.each(["0.0.0.0", "::", "192.168.1.100", "example.com", ""])("not on %j, which others reach", async (host) => {
    const world = realWorld();
    onTestFinished(() => world.process.kill());
    await expect(serveLocally(world, new ScriptedSteering(), { host, port: 0 })).rejects.toMatchObject({
      code: "FB1001",
      message: expect.stringContaining("127.0.0.1"),
    });
  });

  it("not on a port that is in use", async () => {
    const { port } = await local();
    const world = realWorld();
    onTestFinished(() => world.process.kill());
    await expect(serveLocally(world, new ScriptedSteering(), { host: "127.0.0.1", port })).rejects.toMatchObject({
      code: "FB1004",
      message: expect.stringMatching(/in use.*--listen/),
    });
  });

  it.each(["localhost", "[::1]"])("on %s", async (host) => {
    const world = realWorld();
    onTestFinished(() => world.process.kill());
    const { port } = await serveLocally(world, new ScriptedSteering(), { host, port: 0 });
    expect((await fetch(`http://${host}:${port}${saas}/status`)).status).toBe(200);
  });
});
