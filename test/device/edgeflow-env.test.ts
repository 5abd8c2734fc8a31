import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { parseEnvFile } from "../../src/device/edgeflow/env-file.js";
import { readSettings } from "../../src/device/edgeflow/settings.js";
import type { Env } from "../../src/world/world.js";
import { cloud, liveDevice, writeEnv } from "./support/edgeflow.js";
import { box, closeAll } from "./support/life.js";

afterEach(closeAll);

const name = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,20}$/);
const value = fc.string({ unit: "binary" }).filter((text) => !text.includes("\n") && !text.includes("\r"));
const quoted = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;

test("any value survives double quotes", () => {
  fc.assert(
    fc.property(fc.dictionary(name, value), (variables) => {
      const lines = Object.entries(variables).map(([key, text]) => `export ${key}=${quoted(text)} # why`);
      expect(parseEnvFile(lines.join("\n"), ".env")).toEqual({ ...variables });
    }),
  );
});

test("a text of lines is variables or one FB1005 with the line, never anything else", () => {
  const line = fc.oneof(fc.string(), fc.constantFrom("# c", "", "A=1", "export B='x y'", 'C="1\\n2" # c', "D=a#b"));
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      try {
        for (const text of Object.values(parseEnvFile(lines.join("\n"), ".env"))) expect(text).toBeTypeOf("string");
      } catch (error) {
        expect(error).toMatchObject({ code: "FB1005", what: expect.stringMatching(/^\.env: line \d+ /) });
      }
    }),
  );
});

test.each([
  ["A=1", { A: "1" }],
  ["  export A = b c  # comment", { A: "b c" }],
  ["A=a#b", { A: "a#b" }],
  ["A=", { A: "" }],
  ["A='$x \\n'", { A: "$x \\n" }],
  ['A="a\\tb\\"c"', { A: 'a\tb"c' }],
  ["A=1\r\nA=2\r\n", { A: "2" }],
])("%j is read", (text, variables) => {
  expect(parseEnvFile(text, ".env")).toEqual(variables);
});

test.each(["A", "1A=2", "A='b", 'A="b" c', "A=it's"])("%j is refused with its line", (line) => {
  expect(() => parseEnvFile(`\n${line}`, ".env")).toThrow(/\.env: line 2 /);
});

const enabled = "EDGEFLOW_SAAS_ENABLED=true\n";
const cloudAt = `${enabled}EDGEFLOW_SAAS_URL=saas.example.com:443\n`;

test.each([
  ["no file", undefined, "there is no such file"],
  ["a device that is not enabled", "EDGEFLOW_SAAS_URL=h:1", "EDGEFLOW_SAAS_ENABLED is not true"],
  [
    "a switch that is neither on nor off",
    "EDGEFLOW_SAAS_ENABLED=yes",
    "EDGEFLOW_SAAS_ENABLED is neither true nor false",
  ],
  ["TLS that is neither on nor off", `${cloudAt}EDGEFLOW_SAAS_TLS=off`, "EDGEFLOW_SAAS_TLS is neither true nor false"],
  ["no server", enabled, "EDGEFLOW_SAAS_URL is missing"],
  ["a server with a scheme", `${enabled}EDGEFLOW_SAAS_URL=https://h:1/`, "write it without a scheme: h:1"],
  ["a server with a scheme without TLS", `${enabled}EDGEFLOW_SAAS_URL=http://h:1`, "h:1, and EDGEFLOW_SAAS_TLS=false"],
  ["a server with a path", `${enabled}EDGEFLOW_SAAS_URL=h:1/tunnel`, "is not host:port"],
  ["a server with a user", `${enabled}EDGEFLOW_SAAS_URL=me:secret@h:1`, "is not host:port"],
  ["a server with a port that is none", `${enabled}EDGEFLOW_SAAS_URL=h:99999`, "is not host:port"],
  ["neither code nor credentials", cloudAt, "EDGEFLOW_PROVISIONING_CODE"],
  ["an id without a key", `${cloudAt}EDGEFLOW_DEVICE_ID=dev_a`, "EDGEFLOW_DEVICE_ID is set without EDGEFLOW_API_KEY"],
  [
    "a key without an id",
    `${cloudAt}EDGEFLOW_API_KEY=efk_secret`,
    "EDGEFLOW_API_KEY is set without EDGEFLOW_DEVICE_ID",
  ],
  ["a port that is none", `${cloudAt}EDGEFLOW_SERVER_PORT=80x`, "EDGEFLOW_SERVER_PORT is not a port"],
  ["a level that is none", `${cloudAt}EDGEFLOW_LOG_LEVEL=loud`, "EDGEFLOW_LOG_LEVEL is not a level"],
])("%s is one clear error, without a secret", async (_, text, named) => {
  const disk = box();
  if (text !== undefined) disk.write(".env", text);
  const error = await liveDevice(disk.boot()).end.catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "FB1005" });
  expect(String(error)).toContain(named);
  expect(String(error)).toContain(".env");
  expect(String(error)).not.toContain("secret");
  expect(String(error)).not.toContain("\n");
});

test("without TLS a device goes to its own machine alone, unless it may go anywhere", async () => {
  const disk = box();
  disk.write(".env", `${cloudAt}EDGEFLOW_SAAS_TLS=0\nEDGEFLOW_PROVISIONING_CODE=PROV-A1B2-C3D4\n`);
  await expect(liveDevice(disk.boot(), { plainHttp: "loopback" }).end).rejects.toMatchObject({
    code: "FB1005",
    message: expect.stringMatching(/\.env: .*without TLS.*--insecure/),
  });
});

const settled = (text: string, env: Env = {}) => {
  const disk = box(env);
  disk.write(".env", text);
  return readSettings({ world: disk.boot() }, ".env");
};

test("every variable is read, and the process's own win over the file's", async () => {
  const file = `${cloudAt}EDGEFLOW_SAAS_TLS=1
EDGEFLOW_PROVISIONING_CODE=PROV-A1B2-C3D4
EDGEFLOW_SERVER_HOST=127.0.0.1
EDGEFLOW_SERVER_PORT=8081
EDGEFLOW_LOG_LEVEL=WARN
EDGEFLOW_LOG_DIR=/var/log
EDGEFLOW_WEB_DIR=/srv
EDGEFLOW_ENCRYPTION_PASSWORD=from the file
`;
  const own = {
    EDGEFLOW_DEVICE_ID: "dev_own",
    EDGEFLOW_API_KEY: "efk_own",
    EDGEFLOW_SERVER_PORT: "0",
    EDGEFLOW_SAAS_TLS: "",
    ENCRYPTION_PASSWORD: "of the process",
    UNRELATED: "x",
  };
  expect(await settled(file, own)).toEqual({
    enabled: true,
    url: "saas.example.com:443",
    tls: true,
    code: "PROV-A1B2-C3D4",
    identity: { deviceId: "dev_own", apiKey: "efk_own" },
    server: { host: "127.0.0.1", port: 0 },
    logLevel: "warn",
    passphrase: "from the file",
    without: ["EDGEFLOW_LOG_DIR", "EDGEFLOW_WEB_DIR"],
  });
});

test("what the seed's file says is enough, and the rest is as it should be", async () => {
  const seed =
    "EDGEFLOW_SAAS_ENABLED=true\nEDGEFLOW_SAAS_URL=saas.edgx.cloud:443\nEDGEFLOW_PROVISIONING_CODE=PROV-A1B2-C3D4\n";
  expect(await settled(seed)).toEqual({
    enabled: true,
    url: "saas.edgx.cloud:443",
    tls: true,
    code: "PROV-A1B2-C3D4",
    identity: undefined,
    server: {},
    logLevel: undefined,
    passphrase: undefined,
    without: [],
  });
});

test("variables that mean nothing here are said to, once", async () => {
  const server = await cloud();
  const disk = box();
  writeEnv(disk, server, "EDGEFLOW_PROVISIONING_CODE=PROV-A1B2-C3D4\nEDGEFLOW_LOG_DIR=/l\nEDGEFLOW_WEB_DIR=/w");
  const { device, diary } = liveDevice(disk.boot());
  await diary.happened("connected");
  await device.stop();
  expect(diary.all("notice").map(({ message }) => message)).toEqual([
    "EDGEFLOW_LOG_DIR and EDGEFLOW_WEB_DIR: accepted, and without effect here",
  ]);
});

test("a device that is set up by its process's environment alone needs no file", async () => {
  const server = await cloud();
  const disk = box({
    EDGEFLOW_SAAS_ENABLED: "1",
    EDGEFLOW_SAAS_URL: server.host,
    EDGEFLOW_SAAS_TLS: "0",
    EDGEFLOW_PROVISIONING_CODE: "PROV-A1B2-C3D4",
  });
  const { device, diary } = liveDevice(disk.boot());
  await diary.happened("connected");
  await device.stop();
});
