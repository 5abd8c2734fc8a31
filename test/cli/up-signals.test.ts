import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { edgeflowPaths } from "../../src/protocol/edgeflow/api.js";
import type { Channel } from "../../src/world/network.js";
import { realWorld } from "../../src/world/real/index.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

interface Up {
  readonly child: ChildProcess;
  readonly url: string;
  readonly data: string;
  /** Resolves with the exit code. */
  readonly exit: Promise<number>;
  /** What came on stderr so far. */
  stderr(): string;
}

/** `firstboot up` in a process of its own. */
async function up(flags: readonly string[], env: Record<string, string> = {}): Promise<Up> {
  const data = mkdtempSync(join(tmpdir(), "firstboot-up-"));
  const args = ["--import", "tsx", "src/cli/main.ts", "up", "--json", "--no-tls", "--port", "0", "--data", data];
  const child = spawn(process.execPath, [...args, ...flags], { cwd: root, env: { ...process.env, ...env } });
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const exit = once(child, "exit").then(([code]) => Number(code));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await exit;
    rmSync(data, { recursive: true });
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { value } = await lines.next();
  const { url } = JSON.parse(value);
  return { child, url, data, exit, stderr: () => stderr };
}

const { network } = realWorld();
const get = (url: string) => network.request({ method: "GET", url, timeoutMs: 5_000 });

async function tunnelTo(url: string): Promise<Channel> {
  return network.connect(url.replace("http", "ws") + edgeflowPaths.tunnel, { timeoutMs: 5_000 });
}

/** Resolves when the server says that it is about to end. */
async function draining(url: string): Promise<void> {
  while ((await get(`${url}/readyz`)).status !== 503);
}

test("SIGTERM sends devices away over the time that --drain gives, and ends with 0", async () => {
  const { child, url, data, exit, stderr } = await up(["--drain", "300ms", "--log-level", "info"]);
  const tunnel = await tunnelTo(url);
  const told = new Promise<string>((resolve) =>
    tunnel.listen({ close: (code, reason) => resolve(`${code} ${reason}`) }),
  );
  child.kill("SIGTERM");
  expect(await told).toMatch(/^1012 restarting; retry after \d+ s$/);
  expect(await exit).toBe(0);
  expect(existsSync(join(data, "plane.json"))).toBe(false);

  const lines = stderr()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  for (const { time, level } of lines) {
    expect(new Date(time).toISOString()).toBe(time);
    expect(["info", "warn"]).toContain(level);
  }
  expect(lines.map(({ msg }) => msg)).toEqual(expect.arrayContaining(["started", "draining", "stopped"]));
});

test("a second signal ends it at once", async () => {
  const { child, url, exit } = await up([], { FIRSTBOOT_DRAIN: "10m" });
  await tunnelTo(url);
  child.kill("SIGTERM");
  await draining(url);
  const began = performance.now();
  child.kill("SIGTERM");
  expect(await exit).toBe(130);
  expect(performance.now() - began).toBeLessThan(2_000);
});

test("Ctrl-C does not wait for --drain", async () => {
  const { child, url, exit } = await up(["--drain", "10m"]);
  await tunnelTo(url);
  child.kill("SIGINT");
  expect(await exit).toBe(130);
});
