import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type InstalledProvider, installProvider } from "../../src/provider/index.js";
import { hasTerraform, Workspace } from "../terraform/workspace.js";
import { IntegrationServer } from "./integration-server.js";

const folder = mkdtempSync(join(tmpdir(), "installed-"));
const sockets = join(folder, "sockets");
let bundle: string;
let installed: InstalledProvider;

beforeAll(async () => {
  const script = fileURLToPath(new URL("../../scripts/bundle-provider.mjs", import.meta.url));
  execFileSync(process.execPath, [script, join(folder, "bundle")]);
  const [name = ""] = readdirSync(join(folder, "bundle"));
  bundle = join(folder, "bundle", name);
  installed = await installProvider({ directory: join(folder, "terraform"), bundle });
  mkdirSync(sockets);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("the provider's script", () => {
  it("started by hand says what it is and fails", () => {
    const { status, stdout, stderr } = spawnSync(bundle, { encoding: "utf8" });
    expect(status).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^This is version \S+ of the Terraform provider "firstboot"\. .*\n$/);
  });

  it("refuses a Terraform that does not speak protocol 6", () => {
    const cookie = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
    const env = { PATH: process.env.PATH, TF_PLUGIN_MAGIC_COOKIE: cookie, PLUGIN_PROTOCOL_VERSIONS: "4,5" };
    const { status, stderr } = spawnSync(bundle, { encoding: "utf8", env });
    expect(status).toBe(1);
    expect(stderr).toContain("needs Terraform 1.0 or newer");
  });
});

describe.skipIf(!hasTerraform)("the installed provider", () => {
  let server: IntegrationServer;
  let workspace: Workspace;

  beforeEach(async () => {
    server = new IntegrationServer();
    workspace = new Workspace({
      TF_CLI_CONFIG_FILE: installed.cliConfigFile,
      TMPDIR: sockets,
      FIRSTBOOT_ENDPOINT: await server.listen(),
      FIRSTBOOT_API_KEY: server.apiKey,
      FIRSTBOOT_ORG: "acme",
    });
  });
  afterEach(async () => {
    await server.close();
    workspace.remove();
  });

  function configuration(keyLines: string): string {
    return `
terraform {
  required_providers {
    firstboot = { source = "firstboot/firstboot", version = "${installed.version}" }
  }
}
resource "firstboot_provisioning_key" "k" {
  name = "k"
  ${keyLines}
}
`;
  }

  it("goes from init to destroy, leaves no secret in any file or log, and no socket behind", async () => {
    const recipient = await identityToRecipient(await generateIdentity());
    const withMax = (max: number) => configuration(`max_usage = ${max}\nage_recipients = ["${recipient}"]`);
    const logged = new Workspace({
      ...workspace.env,
      TF_LOG: "TRACE",
      TF_LOG_PATH: join(workspace.folder, "trace.log"),
    });
    try {
      logged.write(withMax(1));
      await logged.ok("init");
      await logged.apply();
      expect((await logged.plan()).status).toBe(0);
      logged.write(withMax(2));
      await logged.apply();
      expect([...server.keys.values()]).toMatchObject([{ maxBatchSize: 2 }]);
      expect(server.secrets).toHaveLength(1);
      const everything = logged.contents() + workspace.contents();
      expect(everything.includes("[TRACE] ")).toBe(true);
      expect(server.secrets.filter((secret) => everything.includes(secret))).toEqual([]);
      await logged.ok("destroy", "-auto-approve");
      expect(server.keys.size).toBe(0);
    } finally {
      logged.remove();
    }
    expect(readdirSync(sockets)).toEqual([]);
  });

  it("shows the schema that the bindings are made from", async () => {
    const { providerSchema } = await import("../../src/provider/index.js");
    workspace.write(configuration(""));
    await workspace.ok("init");
    const shown = JSON.parse(await workspace.ok("providers", "schema", "-json"));
    expect(shown).toEqual(providerSchema());
  });

  it("ends when Terraform is killed", async () => {
    workspace.write(configuration(""));
    await workspace.ok("init");
    const pidFile = join(folder, "pid");
    const hook = join(folder, "hook.cjs");
    writeFileSync(hook, `require("node:fs").writeFileSync(${JSON.stringify(pidFile)}, String(process.pid))`);
    const asked = server.holdNext();
    const terraform: ChildProcess = spawn("terraform", ["apply", "-auto-approve"], {
      cwd: workspace.folder,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        CHECKPOINT_DISABLE: "1",
        NODE_OPTIONS: `--require ${hook}`,
        ...workspace.env,
      },
      stdio: "ignore",
    });
    await asked;
    const provider = Number(readFileSync(pidFile, "utf8"));
    expect(isAlive(provider)).toBe(true);
    terraform.kill("SIGKILL");
    await once(terraform, "exit");
    await expect.poll(() => isAlive(provider), { timeout: 5_000 }).toBe(false);
    expect(readdirSync(sockets)).toEqual([]);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
