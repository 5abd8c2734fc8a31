import { once } from "node:events";
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Cloud, running } from "./cloud.js";
import { firstboot, scratch } from "./command.js";

const quiet = ["--once", "--listen", "off", "--log-level", "error"];

/** An outcome that is one line of explanation and nothing else. */
function oneLine(error: string, exit: number, text: RegExp) {
  const stderr = expect.stringMatching(new RegExp(`^${error}: [^\\n]*${text.source}[^\\n]*\\n$`));
  return { code: exit, stdout: "", stderr };
}

describe("firstboot device, when something is wrong", { timeout: 60_000 }, () => {
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await Cloud.open();
  });
  afterAll(() => cloud.stop());

  it.each<[string, Record<string, string>, readonly string[], string, number, RegExp]>([
    ["neither code nor credentials", {}, [], "FB1005", 2, /no credentials and no provisioning code/],
    ["a cloud that is not enabled", { EDGEFLOW_SAAS_ENABLED: "false" }, [], "FB1005", 2, /EDGEFLOW_SAAS_ENABLED/],
    ["half of the credentials", { EDGEFLOW_DEVICE_ID: "dev_a" }, [], "FB1005", 2, /EDGEFLOW_API_KEY/],
    ["a cloud with a scheme", { EDGEFLOW_SAAS_URL: "https://a.example.com" }, [], "FB1005", 2, /without a scheme/],
    [
      "a cloud without TLS",
      { EDGEFLOW_SAAS_TLS: "false", EDGEFLOW_SAAS_URL: "a.example.com", EDGEFLOW_PROVISIONING_CODE: "PROV-AAAA-AAAA" },
      [],
      "FB1005",
      2,
      /in clear/,
    ],
    ["an address that others reach", {}, ["--listen", "0.0.0.0:8080"], "FB1001", 2, /127\.0\.0\.1:8080/],
    ["a CA that is not there", {}, ["--ca", "missing.pem"], "FB1002", 2, /missing\.pem/],
    ["two keys", {}, ["--key-file", "a", "--credential", "b"], "FB1001", 2, /together/],
    [
      "a state directory that is a file",
      { EDGEFLOW_PROVISIONING_CODE: "PROV-AAAA-AAAA" },
      ["--state-dir", ".env"],
      "FB1002",
      2,
      /\.env/,
    ],
  ])("ends with one line and the right exit code for %s", async (_, variables, flags, error, exit, text) => {
    const outcome = await cloud.box(variables).live(...quiet, ...flags);
    expect(outcome).toEqual(oneLine(error, exit, text));
    expect(outcome.stderr).not.toContain("PROV-");
  });

  it("ends with 4 when its code was used by another, and does not say which it was", async () => {
    const code = { EDGEFLOW_PROVISIONING_CODE: await cloud.newCode() };
    expect(await cloud.box(code).live(...quiet)).toMatchObject({ code: 0 });
    const outcome = await cloud.box(code).live(...quiet);
    expect(outcome).toEqual(oneLine("FB4001", 4, /the server refuses the provisioning code/));
    expect(outcome.stderr).not.toContain(code.EDGEFLOW_PROVISIONING_CODE);
  });

  // Node itself looks for a file that `--env-file` names, wherever the flag stands, and ends with 9 where there is none.
  it.each([
    ["missing.env", "FB1005", /missing\.env/],
    [".", "FB1002", /cannot read \./],
  ])("says that there is no .env file to read at %s", async (file, error, text) => {
    const outcome = await firstboot(["device", "--state-dir", "state"], {
      cwd: scratch(),
      env: { FIRSTBOOT_ENV_FILE: file },
    });
    expect(outcome).toEqual(oneLine(error, 2, text));
  });

  it("says that a port is busy, and has used no code by then", async () => {
    const busy = createServer().listen(0, "127.0.0.1");
    await once(busy, "listening");
    const address = busy.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    const box = cloud.box({ EDGEFLOW_PROVISIONING_CODE: await cloud.newCode(), EDGEFLOW_SERVER_PORT: String(port) });
    expect(await box.live("--once")).toEqual(oneLine("FB1004", 2, /in use.*--listen/));
    busy.close();
    expect(await box.live(...quiet)).toMatchObject({ code: 0 });
  });

  it("gives up with 3 as devices in the field do, whose first connect must succeed", async () => {
    const box = cloud.box({ EDGEFLOW_SAAS_URL: "127.0.0.1:1", EDGEFLOW_PROVISIONING_CODE: "PROV-AAAA-AAAA" });
    expect(await box.live(...quiet, "--persona", "edgeflow-field")).toEqual(oneLine("FB3001", 3, /gave up/));
  });

  it("waits for a cloud that cannot be reached, and ends with 130 on Ctrl-C", async () => {
    const box = cloud.box({ EDGEFLOW_SAAS_URL: "127.0.0.1:1", EDGEFLOW_PROVISIONING_CODE: "PROV-AAAA-AAAA" });
    const device = await running(box);
    await device.happened("waiting");
    expect(await device.stop("SIGINT")).toMatchObject({ code: 130, stderr: expect.not.stringContaining("PROV-") });
  });
});
