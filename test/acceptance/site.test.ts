import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startAgent } from "./agent.js";
import { firstboot } from "./command.js";
import { Lab } from "./lab.js";

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab.stop());

const blueprint = `public-resources:
  web:
    name: "{{env.SERIAL}}"
    mode: tcp
    proxy-port: 20080
    targets:
      - hostname: localhost
        port: 80
`;

describe("firstboot site", { timeout: 60_000 }, () => {
  it("exchanges the key in its first run, writes id and secret, and never looks at the key again", async () => {
    const key = await lab.newKey();
    const { args, cwd, file, json, text } = lab.box({
      endpoint: lab.facts.url,
      provisioningKey: key.siteProvisioningKey,
      name: "{{env.SERIAL}}-edge",
      "x-mine": { kept: [1, 2] },
    });
    const first = await firstboot([...args, "--once"], { cwd, env: { SERIAL: "s1" } });
    expect(first).toMatchObject({ code: 0, stdout: "" });
    expect(first.stderr).toMatch(/exchanged the provisioning key.*\n.*stored the credentials.*\n.*online/);
    expect(json()).toEqual({
      endpoint: lab.facts.url,
      id: expect.stringMatching(/^[a-z0-9]{15}$/),
      secret: expect.stringMatching(/^[a-z2-7]{40}$/),
      "x-mine": { kept: [1, 2] },
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await lab.usesOf(key)).toBe(1);
    const site = await lab.asked<{ name: string }[] | { sites: { name: string }[] }>("sites", "list");
    expect(JSON.stringify(site)).toContain('"s1-edge"');

    const before = text();
    const flags = [`--provisioning-key=${key.siteProvisioningKey}`, "--name", "other"];
    const second = await firstboot([...args, ...flags, "--once"], { cwd });
    expect(second).toMatchObject({ code: 0, stdout: "" });
    expect(second.stderr).not.toContain("exchanged");
    expect(text()).toBe(before);
    expect(await lab.usesOf(key)).toBe(1);
  });

  it("takes key and endpoint from flags and variables, and makes the file", async () => {
    const key = await lab.newKey();
    const { args, cwd, json } = lab.box();
    const env = { NEWT_PROVISIONING_KEY: key.siteProvisioningKey, PANGOLIN_ENDPOINT: "https://nowhere.invalid" };
    const flags = ["-endpoint", lab.facts.url, "-once", "-name={{env.MISSING}}{{scheme.X}}"];
    const { code, stderr } = await firstboot([...args, ...flags], { cwd, env });
    expect(code).toBe(0);
    expect(stderr).toMatch(/WARN {2}name: .*\{\{env\.MISSING\}\}.*not set/);
    expect(stderr).toMatch(/WARN {2}name: .*\{\{scheme\.X\}\}.*stays as it is/);
    expect(JSON.stringify(await lab.asked("sites", "list"))).toContain('"{{scheme.X}}"');
    expect(Object.keys(json())).toEqual(["endpoint", "id", "secret"]);
    expect(json().endpoint).toBe(lab.facts.url);
  });

  it("--show-config says where every value comes from, and keeps secrets to itself", async () => {
    const secret = "abcdefghijklmnopqrstuvwxyz";
    const { cwd, args, text } = lab.box({ dns: "", mtu: 1400, logLevel: "WARN", secret });
    const before = text();
    const flags = [
      ...args,
      "--show-config",
      "--json",
      "--mtu=1300",
      "-native=false",
      "--provisioning-key",
      `spk-${secret}`,
    ];
    const { code, stdout, stderr } = await firstboot(flags, {
      cwd,
      env: { MTU: "1350", LOG_LEVEL: "ERROR", PORT: "" },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { settings }: { settings: { name: string; value: unknown; source: string }[] } = JSON.parse(stdout);
    const shown = Object.fromEntries(settings.map(({ name, value, source }) => [name, `${value} ${source}`]));
    expect(shown).toMatchObject({
      mtu: "1300 cli",
      native: "false cli",
      logLevel: "ERROR environment",
      dns: " file",
      port: "0 default",
      secret: "abcd****wxyz file",
      provisioningKey: "spk-****wxyz cli",
    });
    expect(stdout).not.toContain(secret);
    expect(text()).toBe(before);
    expect(readdirSync(cwd)).toEqual(["newt.json"]);
    const table = await firstboot([...args, "--show-config"], { cwd });
    expect(table.stdout).toMatch(/^secret +abcd\*{4}wxyz +file$/m);
  });

  it("--json writes each event as one line on stdout, and nothing else there", async () => {
    const key = await lab.newKey();
    const { args, cwd } = lab.box({ endpoint: lab.facts.url, provisioningKey: key.siteProvisioningKey });
    writeFileSync(join(cwd, "once.yaml"), blueprint);
    const flags = ["--json", "--once", "--provisioning-blueprint-file", "once.yaml", "--log-level", "error"];
    const { code, stdout, stderr } = await firstboot([...args, ...flags], { cwd, env: { SERIAL: "s2" } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const events: { time: string; type: string }[] = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    for (const { time } of events) expect(new Date(time).toISOString()).toBe(time);
    const types = events.map(({ type }) => type);
    expect(types.filter((type) => /^(exchange|persisted|connected|blueprint|stopped)$/.test(type))).toEqual([
      "exchange",
      "persisted",
      "connected",
      "blueprint",
      "stopped",
    ]);
    expect(JSON.parse(readFileSync(join(cwd, ".newt.json.state"), "utf8"))).toEqual({
      provisioningBlueprint: "applied",
    });
  });

  it("--once ends with 1 if a blueprint is refused, and the credentials are kept", async () => {
    const key = await lab.newKey();
    const { args, cwd, json } = lab.box({ endpoint: lab.facts.url, provisioningKey: key.siteProvisioningKey });
    writeFileSync(join(cwd, "bad.yaml"), "public-resources: [");
    const bad = await firstboot([...args, "--once", "--blueprint-file", "bad.yaml"], { cwd });
    expect(bad).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/ERROR the blueprint cannot be sent: bad\.yaml/),
    });
    expect(json()).toMatchObject({ id: expect.any(String), secret: expect.any(String) });
    const missing = await firstboot([...args, "--once", "--blueprint-file", "missing.yaml"], { cwd });
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining("there is no missing.yaml") });
    writeFileSync(join(cwd, "wrong.yaml"), "public-resources: { web: { mode: tcp } }");
    const wrong = await firstboot([...args, "--once", "--blueprint-file", "wrong.yaml"], { cwd });
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining("ERROR the blueprint") });
    expect(await lab.usesOf(key)).toBe(1);
  });

  it.each<[NodeJS.Signals, number]>([
    ["SIGINT", 130],
    ["SIGTERM", 0],
  ])("%s stops it in good order, with %i", async (signal, code) => {
    const key = await lab.newKey();
    const { args, cwd } = lab.box({ endpoint: lab.facts.url, provisioningKey: key.siteProvisioningKey });
    const agent = startAgent(args, { cwd });
    await agent.next(({ type }) => type === "heartbeat");
    agent.child.kill(signal);
    await agent.next(({ type }) => type === "stopped");
    const outcome = await agent.outcome;
    expect(outcome.code).toBe(code);
    expect(outcome.stderr).toMatch(/INFO {2}stopped\n$/);
  });

  it("SIGHUP reads the file again: other credentials begin anew, blocked holds at once, a broken file changes nothing", async () => {
    const [one, two] = [await lab.newKey(), await lab.newKey()];
    const { args, cwd, file, json } = lab.box({ endpoint: lab.facts.url, provisioningKey: one.siteProvisioningKey });
    const other = lab.box({ endpoint: lab.facts.url, provisioningKey: two.siteProvisioningKey });
    expect(await firstboot([...other.args, "--once"], { cwd })).toMatchObject({ code: 0 });

    const agent = startAgent(args, { cwd });
    await agent.next(({ type }) => type === "heartbeat");
    const before = json();
    const notice = (said: RegExp) => agent.next(({ type, message }) => type === "notice" && said.test(String(message)));

    writeFileSync(file, JSON.stringify({ ...before, blocked: true }));
    agent.child.kill("SIGHUP");
    await notice(/is blocked/);

    writeFileSync(file, '{"endpoint": broken}');
    agent.child.kill("SIGHUP");
    await notice(/not JSON.*nothing was changed/);

    const { id, secret } = other.json();
    writeFileSync(file, JSON.stringify({ ...before, id, secret }));
    agent.child.kill("SIGHUP");
    await agent.next(({ type }) => type === "disconnected");
    await agent.next(({ type }) => type === "heartbeat");
    const { pid } = agent.child;
    expect(existsSync(`/proc/${pid}`) || process.platform !== "linux").toBe(true);
    expect(await onlineNewts()).toContain(id);
    expect(await onlineNewts()).not.toContain(before.id);

    agent.child.kill("SIGTERM");
    expect((await agent.outcome).code).toBe(0);
  });

  it.runIf(process.platform === "linux")("shows no secret in its output or in the list of processes", async () => {
    const key = await lab.newKey();
    const { args, cwd, json } = lab.box();
    const flags = ["--endpoint", lab.facts.url, "--provisioning-key", key.siteProvisioningKey, "--log-level", "debug"];
    const agent = startAgent([...args, ...flags], { cwd });
    await agent.next(({ type }) => type === "heartbeat");
    const listed = readFileSync(`/proc/${agent.child.pid}/cmdline`, "utf8").replaceAll("\0", "");
    expect(listed).toBe("firstboot site");
    agent.child.kill("SIGTERM");
    const { stdout, stderr } = await agent.outcome;
    expect(stderr).toContain("DEBUG");
    for (const secret of [key.siteProvisioningKey, key.siteProvisioningKey.slice(-40), json().secret]) {
      expect(stdout + stderr).not.toContain(secret);
    }
  });

  it("names what was set without effect, once, and warns of certificates that are not looked at", async () => {
    const key = await lab.newKey();
    const { cwd, file } = lab.box({ endpoint: lab.facts.url, provisioningKey: key.siteProvisioningKey, native: true });
    const env = { DOCKER_SOCKET: "/var/run/docker.sock", SKIP_TLS_VERIFY: "true" };
    const { code, stderr } = await firstboot(["site", "--config-file", file, "--once", "--metrics"], { cwd, env });
    expect(code).toBe(0);
    const warnings = stderr.split("\n").filter((line) => line.includes(" WARN "));
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain("native (file), dockerSocket (environment), metrics (cli)");
    expect(warnings[1]).toContain("SKIP_TLS_VERIFY");
  });

  it("says that a clock is not set", async () => {
    const { args, cwd } = lab.box({ endpoint: "https://127.0.0.1:1", id: "abcdefghij12345", secret: "s" });
    const frozen =
      "globalThis.Date = class extends Date { constructor(...at) { super(...(at.length > 0 ? at : [0])) } }";
    const epoch = `data:text/javascript,${encodeURIComponent(frozen)}`;
    const agent = startAgent([...args, "--persona", "newt"], { cwd, env: { NODE_OPTIONS: `--import=${epoch}` } });
    await agent.next(({ type }) => type === "waiting");
    agent.child.kill("SIGTERM");
    expect((await agent.outcome).stderr).toMatch(/^1970-01-01T00:00:00Z WARN {2}the clock says 1970-01-01: .*TLS/);
  });
});

/** The ids of the newts that have a channel. */
async function onlineNewts(): Promise<string> {
  return JSON.stringify(await lab.asked("sites", "list", "--online"));
}
