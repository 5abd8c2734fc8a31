import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Cidr, parseCidr } from "../../src/provisioning/cidr.js";
import { type RunningServer, startServer } from "../../src/server/server.js";
import { realWorld } from "../../src/world/real/index.js";
import { RawClient } from "../world/raw-client.js";

const scratch = (): string => mkdtempSync(join(tmpdir(), "firstboot-server-"));

describe("a control plane on this machine", () => {
  it("serves over TLS by its own CA, and is the same after a restart", async () => {
    const data = join(scratch(), "a", "b");
    const first = await startServer({ data, port: 0 });
    const health = async (url: string, ca = "") =>
      realWorld(ca ? { ca } : {}).network.request({ method: "GET", url: `${url}/healthz`, timeoutMs: 5_000 });
    expect((await health(first.url, first.ca?.pem)).status).toBe(200);
    await expect(health(first.url)).rejects.toMatchObject({ name: "NetworkError" });
    await first.close();

    const second = await startServer({ data, port: 0 });
    expect(second.apiKey).toBe(first.apiKey);
    expect(second.ca?.pem).toBe(first.ca?.pem);
    expect((await health(second.url, first.ca?.pem)).status).toBe(200);
    await second.close();
  });

  it("keeps its secrets to itself", async () => {
    const data = scratch();
    const server = await startServer({ data, port: 0 });
    await server.close();
    const open = readdirSync(data).filter((name) => (statSync(join(data, name)).mode & 0o077) !== 0);
    expect(open.filter((name) => /key|pepper/.test(name))).toEqual([]);
    for (const name of readdirSync(data)) {
      if (name !== "api-key")
        expect(readFileSync(join(data, name)).includes(server.apiKey.split(".")[1] ?? "?")).toBe(false);
    }
  });

  it("has a directory to itself", async () => {
    const data = scratch();
    const server = await startServer({ data, port: 0 });
    await expect(startServer({ data, port: 0 })).rejects.toMatchObject({ code: "FB1010", exitCode: 2 });
    await server.close();
    await (await startServer({ data, port: 0 })).close();
  });

  it("says in one line that its directory cannot be written, and writes nothing", async () => {
    const file = join(scratch(), "file");
    writeFileSync(file, "x");
    await expect(startServer({ data: join(file, "data"), port: 0 })).rejects.toMatchObject({
      code: "FB1002",
      exitCode: 2,
    });
    expect(readFileSync(file, "utf8")).toBe("x");
  });

  it.each([
    ["pepper", "it does not hold"],
    ["api-key", "it does not hold"],
    ["ca-key.pem", "not a private key"],
    ["ca.pem", "not the certificate"],
  ])("names the damaged file of its directory: %s", async (name, why) => {
    const data = scratch();
    await (await startServer({ data, port: 0 })).close();
    writeFileSync(join(data, name), "junk");
    await expect(startServer({ data, port: 0 })).rejects.toMatchObject({
      code: "FB1010",
      what: `${join(data, name)} is damaged`,
      why: expect.stringContaining(why),
    });
  });

  it("makes no new pepper for a database that has one", async () => {
    const data = scratch();
    await (await startServer({ data, port: 0 })).close();
    rmSync(join(data, "pepper"));
    await expect(startServer({ data, port: 0 })).rejects.toMatchObject({ code: "FB1010" });
    expect(existsSync(join(data, "pepper"))).toBe(false);
  });

  it("replaces a damaged certificate of its own", async () => {
    const data = scratch();
    const first = await startServer({ data, port: 0 });
    await first.close();
    writeFileSync(join(data, "tls.pem"), "junk");
    const second = await startServer({ data, port: 0 });
    expect(second.ca?.pem).toBe(first.ca?.pem);
    expect(readFileSync(join(data, "tls.pem"), "utf8")).toContain("BEGIN CERTIFICATE");
    await second.close();
  });

  it("has limits, which a proxy that it trusts is not held to as a source", async () => {
    const proxy = parseCidr("127.0.0.0/8");
    const limits = { connectionsPerSource: 1, headersTimeoutMs: 100 };
    const connections = async (trustProxy: readonly Cidr[]) => {
      const server = await startServer({ data: scratch(), port: 0, tls: { kind: "off" }, limits, trustProxy });
      const clients = [await RawClient.connect(portOf(server)), await RawClient.connect(portOf(server))];
      const answers = await Promise.all(clients.map((client) => client.answer().catch(() => undefined)));
      await server.close();
      return answers.map((answer) => answer?.status);
    };
    expect(await connections([])).toEqual([408, undefined]);
    expect(await connections(proxy ? [proxy] : [])).toEqual([408, 408]);
  });

  it("lets go of everything when its port is taken", async () => {
    const data = scratch();
    const other = await startServer({ data: scratch(), port: 0 });
    const port = portOf(other);
    await expect(startServer({ data, port })).rejects.toMatchObject({ code: "FB1004", exitCode: 2 });
    await (await startServer({ data, port: 0 })).close();
    await other.close();
  });

  it.skipIf(!hasOpenssl())("has certificates that openssl accepts", async () => {
    const data = scratch();
    await (await startServer({ data, port: 0 })).close();
    const verify = ["verify", "-x509_strict", "-CAfile", join(data, "ca.pem"), join(data, "tls.pem")];
    expect(execFileSync("openssl", verify, { encoding: "utf8" })).toContain("OK");
  });
});

function portOf({ url }: RunningServer): number {
  return Number(new URL(url).port);
}

function hasOpenssl(): boolean {
  try {
    execFileSync("openssl", ["version"]);
    return true;
  } catch {
    return false;
  }
}
