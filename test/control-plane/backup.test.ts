import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { newtPaths, RegisterData, TokenData } from "../../src/protocol/newt/index.js";
import { backUp } from "../../src/server/backup.js";
import { type RunningServer, startServer } from "../../src/server/server.js";
import { realWorld } from "../../src/world/real/index.js";
import { dataOf } from "./plane.js";

const run = promisify(execFile);
const main = resolve(import.meta.dirname, "../../src/cli/main.ts");

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), "firstboot-backup-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Serves from a directory until it is closed, or the test is finished. */
async function serve(data: string) {
  const server = await startServer({ data, port: 0, tls: { kind: "off" } });
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= server.close());
  onTestFinished(close);
  return { ...server, close };
}

const { network } = realWorld({ name: "client" });

function send({ url }: RunningServer, method: "POST" | "PUT" | "GET", path: string, body: object, apiKey = "") {
  const headers = { "content-type": "application/json", authorization: `Bearer ${apiKey}` };
  const text = method === "GET" ? {} : { body: JSON.stringify(body) };
  return network.request({ method, url: url + path, headers, timeoutMs: 15_000, ...text });
}

async function newKey(server: RunningServer): Promise<string> {
  const wish = { name: "roll-out", maxBatchSize: null };
  const answer = await send(server, "PUT", `/v1/org/${server.org}/site-provisioning-key`, wish, server.apiKey);
  return dataOf(answer, z.object({ siteProvisioningKey: z.string() })).siteProvisioningKey;
}

async function site(server: RunningServer, provisioningKey: string) {
  return dataOf(await send(server, "POST", newtPaths.register, { provisioningKey }), RegisterData);
}

async function usesAndSites(server: RunningServer): Promise<[number, number]> {
  const org = `/v1/org/${server.org}`;
  const keys = dataOf(
    await send(server, "GET", `${org}/site-provisioning-keys`, {}, server.apiKey),
    z.object({ siteProvisioningKeys: z.tuple([z.object({ numUsed: z.number() })]) }),
  );
  const sites = dataOf(
    await send(server, "GET", `${org}/sites?pageSize=1`, {}, server.apiKey),
    z.object({ pagination: z.object({ total: z.number() }) }),
  );
  return [keys.siteProvisioningKeys[0].numUsed, sites.pagination.total];
}

test("a copy made while devices enrol serves everyone who came before it", async () => {
  const directory = scratch();
  const [data, to] = [join(directory, "data"), join(directory, "backups", "monday")];
  const server = await serve(data);
  const key = await newKey(server);
  const early = await Promise.all(Array.from({ length: 50 }, () => site(server, key)));
  const copying = { done: false };
  let meanwhile = 0;
  const enrolling = Promise.all(
    Array.from({ length: 8 }, async () => {
      while (!copying.done) {
        await site(server, key);
        meanwhile++;
      }
    }),
  );
  const command = run(process.execPath, ["--import", "tsx", main, "backup", "--data", data, "--to", to, "--json"]);
  const { stdout } = await command.finally(() => {
    copying.done = true;
  });
  await enrolling;
  expect(meanwhile).toBeGreaterThan(0);
  expect(JSON.parse(stdout)).toEqual({ to, files: ["pepper", "api-key", "firstboot.db"] });
  expect(readdirSync(to).sort()).toEqual(["api-key", "firstboot.db", "pepper"]);
  expect(readdirSync(to).map((name) => statSync(join(to, name)).mode & 0o777)).toEqual([0o600, 0o600, 0o600]);
  const [usesNow] = await usesAndSites(server);
  await server.close();

  const restored = await serve(to);
  expect(restored.apiKey).toBe(server.apiKey);
  const [uses, sites] = await usesAndSites(restored);
  expect(uses).toBe(sites);
  expect(uses).toBeGreaterThanOrEqual(early.length);
  expect(uses).toBeLessThanOrEqual(usesNow);
  for (const credentials of early) {
    dataOf(await send(restored, "POST", newtPaths.getToken, credentials), TokenData);
  }
  await site(restored, key);
});

test("a copy is made of a control plane that stands still, with its certificate authority", async () => {
  const directory = scratch();
  const [data, to] = [join(directory, "data"), join(directory, "copy")];
  const first = await startServer({ data, port: 0 });
  await first.close();
  mkdirSync(to);
  expect(await backUp(data, to)).toEqual(expect.arrayContaining(["ca.pem", "ca-key.pem", "tls.pem", "tls-key.pem"]));
  const second = await startServer({ data: to, port: 0 });
  onTestFinished(() => second.close());
  expect(second.ca?.pem).toBe(first.ca?.pem);
});

test("a backup overwrites nothing and leaves nothing behind where it fails", async () => {
  const directory = scratch();
  const data = join(directory, "data");
  await (await serve(data)).close();
  const [full, file] = [join(directory, "full"), join(directory, "file")];
  mkdirSync(full);
  for (const path of [join(full, "firstboot.db"), file]) writeFileSync(path, "mine");
  const before = readdirSync(directory);
  await expect(backUp(data, full)).rejects.toMatchObject({ code: "FB1002", why: "a backup overwrites nothing" });
  await expect(backUp(data, file)).rejects.toMatchObject({ code: "FB1002" });
  await expect(backUp(data, join(file, "below"))).rejects.toMatchObject({ code: "FB1002" });
  await expect(backUp(full, join(directory, "copy"))).rejects.toMatchObject({
    code: "FB1010",
    why: "pepper is missing",
  });
  for (const name of ["pepper", "api-key"]) writeFileSync(join(full, name), "x");
  await expect(backUp(full, join(directory, "copy"))).rejects.toMatchObject({ code: "FB1010" });
  expect(readdirSync(directory)).toEqual(before);
});

test("a directory may be named with a slash at its end", async () => {
  const directory = scratch();
  await (await serve(join(directory, "data"))).close();
  await backUp(join(directory, "data"), `${join(directory, "copy")}/`);
  expect(readdirSync(directory).sort()).toEqual(["copy", "data"]);
  expect(readdirSync(join(directory, "copy"))).toContain("firstboot.db");
});
