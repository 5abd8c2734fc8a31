import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { Cloud, running } from "./cloud.js";
import { filesBelow, firstboot, run, scratch } from "./command.js";

const Given = z.object({ device_id: z.string(), api_key: z.string().startsWith("efk_") });
const Events = z.array(z.looseObject({ type: z.string() }));

describe("firstboot device", { timeout: 60_000 }, () => {
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await Cloud.open();
  });
  afterAll(() => cloud.stop());

  /** A box with a new code. */
  async function boxWithCode() {
    const code = await cloud.newCode();
    return { code, box: cloud.box({ EDGEFLOW_PROVISIONING_CODE: code }) };
  }

  it("does the documentation's four steps: code, .env file, start, and the status of an online device", async () => {
    const { code, box } = await boxWithCode();
    const device = await running(box);
    await device.happened("connected");

    const curl = await run("curl", ["-sS", device.url("/status")], { cwd: box.cwd });
    const status = JSON.parse(curl.stdout);
    expect(Object.keys(status).slice(0, 4)).toEqual(["connected", "device_id", "status", "last_heartbeat"]);
    expect(status).toMatchObject({
      connected: true,
      device_id: expect.stringMatching(/^dev_/),
      status: "online",
      last_heartbeat: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
    expect(await cloud.devices()).toContainEqual(
      expect.objectContaining({ deviceId: status.device_id, name: hostname(), online: true }),
    );

    const { code: exit, stdout, stderr } = await device.stop();
    expect(exit).toBe(0);
    for (const secret of [code, "efk_"]) expect(stdout + stderr).not.toContain(secret);
  });

  it("keeps its credentials encrypted, and goes by them after a restart: the code is not used again", async () => {
    const { box } = await boxWithCode();
    const live = async () => {
      const { code, stdout } = await box.live("--once", "--listen", "off", "--json");
      expect(code).toBe(0);
      return Events.parse(
        stdout
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line)),
      );
    };
    const first = await live();
    expect(first.map(({ type }) => type)).toEqual(["exchange", "persisted", "connected", "disconnected", "stopped"]);
    expect(first).toContainEqual(expect.objectContaining({ type: "disconnected", code: 1000 }));
    const before = await cloud.devices();
    expect((await live()).map(({ type }) => type)).toEqual(["connected", "disconnected", "stopped"]);
    expect((await cloud.devices()).map(({ deviceId }) => deviceId)).toEqual(before.map(({ deviceId }) => deviceId));
    for (const { path, text } of filesBelow(join(box.cwd, "state"))) {
      expect(text).not.toMatch(/efk_|dev_|PROV-/);
      expect(statSync(path).mode & 0o777).toBe(0o600);
    }
  });

  it("is provisioned through its local API: the key is shown once, and the device connects", async () => {
    const device = await running(cloud.box());
    expect(JSON.parse((await device.ask("GET", "/status")).text)).toMatchObject({
      connected: false,
      device_id: "",
      status: "unprovisioned",
      last_heartbeat: "",
    });
    const code = await cloud.newCode();
    const body = `{"provisioning_code": "${code}"}`;
    const curl = ["-sS", "-X", "POST", device.url("/provision"), "-H", "Content-Type: application/json", "-d", body];
    const { stdout } = await run("curl", curl, { cwd: cloud.home });
    expect(Object.keys(JSON.parse(stdout))).toEqual(["device_id", "api_key", "expires_at"]);
    const given = Given.parse(JSON.parse(stdout));
    await device.happened("connected");

    const config = await device.ask("GET", "/config");
    expect(JSON.parse(config.text)).toMatchObject({
      device_id: given.device_id,
      is_provisioned: true,
      is_connected: true,
    });
    const again = await device.ask("POST", "/provision", { provisioning_code: await cloud.newCode() });
    expect(again).toEqual({ status: 409, text: expect.stringMatching(/^\{"error":"[^"]+"\}\n$/) });
    const { stdout: told, stderr } = await device.stop();
    for (const secret of [given.api_key, code]) expect(config.text + again.text + told + stderr).not.toContain(secret);
  });

  it("replaces its credentials when asked to, and passes on why the cloud refuses a code", async () => {
    const device = await running((await boxWithCode()).box);
    await device.happened("connected");
    const first = JSON.parse((await device.ask("GET", "/status")).text);
    const unknown = await device.ask("POST", "/provision", { provisioning_code: "PROV-AAAA-AAAA", replace: true });
    expect(unknown).toEqual({ status: 404, text: expect.stringMatching(/^\{"error":"[^"]+"\}\n$/) });
    const code = await cloud.newCode();
    const { text } = await device.ask("POST", "/provision", { provisioning_code: code, replace: true });
    expect(Given.parse(JSON.parse(text)).device_id).not.toBe(first.device_id);
    await device.stop();
  });

  it("leaves the cloud and comes back when asked to", async () => {
    const device = await running((await boxWithCode()).box);
    await device.happened("connected");
    expect((await device.ask("POST", "/connect")).text).toBe('{"message":"Already connected"}\n');
    expect((await device.ask("POST", "/disconnect")).text).toBe('{"message":"Disconnected"}\n');
    expect(JSON.parse((await device.ask("GET", "/status")).text)).toMatchObject({
      connected: false,
      status: "offline",
    });
    expect((await device.ask("POST", "/disconnect")).status).toBe(200);
    expect((await device.ask("POST", "/connect")).text).toBe('{"message":"Connecting..."}\n');
    await device.happened("connected");
    expect(await device.stop("SIGINT")).toMatchObject({ code: 130 });
  });

  it("goes online with credentials that an administrator has made, and needs no code", async () => {
    const create = ["devices", "create", "--name", "pre-provisioned", "--json"];
    const made = Given.parse(JSON.parse((await firstboot(create, { cwd: cloud.home })).stdout));
    const box = cloud.box({ EDGEFLOW_DEVICE_ID: made.device_id, EDGEFLOW_API_KEY: made.api_key });
    const { code, stdout, stderr } = await box.live("--once", "--listen", "off");
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).toContain("online");
    expect(stderr).not.toContain(made.api_key);
    expect(existsSync(join(box.cwd, "state", "credentials.json"))).toBe(false);
  });

  it("shows no secret in the list of processes", async () => {
    const { code, box } = await boxWithCode();
    const device = await running(box);
    await device.happened("connected");
    const { stdout } = await run("ps", ["-o", "args=", "-p", String(device.pid)], { cwd: cloud.home });
    expect(stdout).toContain("device");
    expect(stdout).not.toContain(code);
    await device.stop();
  });

  it("answers the cloud with the metrics of this machine", async () => {
    const device = await running((await boxWithCode()).box);
    await device.happened("connected");
    const { device_id } = JSON.parse((await device.ask("GET", "/status")).text);
    const command = ["devices", "command", device_id, "get_system_metrics", "--json"];
    expect(JSON.parse((await firstboot(command, { cwd: cloud.home })).stdout)).toMatchObject({
      status: "success",
      data: { hostname: hostname(), os: process.platform, memory: { total_bytes: expect.any(Number) } },
    });
    await device.stop();
  });

  it("listens on loopback alone where the .env file would have everybody", async () => {
    const listen = { EDGEFLOW_SERVER_HOST: "0.0.0.0", EDGEFLOW_SERVER_PORT: "0" };
    const box = cloud.box({ ...listen, EDGEFLOW_PROVISIONING_CODE: await cloud.newCode() });
    const { code, stderr } = await box.live("--once");
    expect(code).toBe(0);
    expect(stderr).toMatch(/EDGEFLOW_SERVER_HOST is 0\.0\.0\.0.*\n.*local API on http:\/\/127\.0\.0\.1:\d+\n/);
  });

  it("seals its credentials under a key that lies elsewhere, and does not open them with another", async () => {
    const { box } = await boxWithCode();
    const flags = ["--once", "--listen", "off", "--log-level", "error"];
    const keys = scratch();
    const [right, wrong] = [join(keys, "right"), join(keys, "wrong")];
    expect(await box.live(...flags, "--key-file", right)).toMatchObject({ code: 0 });
    expect(statSync(right).mode & 0o777).toBe(0o600);
    expect(filesBelow(join(box.cwd, "state")).map(({ text }) => text)).not.toContain(readFileSync(right, "latin1"));
    writeFileSync(wrong, `${"ab".repeat(32)}\n`, { mode: 0o600 });
    expect(await box.live(...flags, "--key-file", wrong)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^FB1005: [^\n]+\n$/),
    });
    expect(await box.live(...flags, "--key-file", right)).toMatchObject({ code: 0 });
  });
});
