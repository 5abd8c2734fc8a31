import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { FirstbootError } from "../error.js";
import { exitOf } from "./child.js";
import { readText, type Target } from "./settings.js";

const Ready = z.object({ url: z.string(), apiKey: z.string(), org: z.string(), ca: z.string() });

/** A control plane in a process of its own, as `firstboot up` runs it. */
export interface PlaneProcess {
  readonly target: Target & { readonly ca: string };
  close(): Promise<void>;
}

const main = fileURLToPath(new URL("./main.js", import.meta.url));

/**
 * Starts `firstboot up --json` on a free port and waits until it is ready. Its message channel ties it to this process:
 * it ends when this one does, however that comes about.
 */
export async function startPlane(data: string, logFile: string): Promise<PlaneProcess> {
  const log = openSync(logFile, "a", 0o600);
  const child = spawn(process.execPath, [main, "up", "--json", "--port", "0", "--data", data], {
    detached: true,
    stdio: ["ignore", "pipe", log, "ipc"],
  });
  closeSync(log);
  const ended = exitOf(child);
  if (child.stdout === null) throw new Error("a piped stream is missing");
  const lines = createInterface({ input: child.stdout });
  const line = await Promise.race([once(lines, "line").then(([first]) => String(first)), ended.then(() => undefined)]);
  if (line === undefined) {
    const said = readText(logFile).trim().split("\n").at(-1);
    throw new FirstbootError("FB3002", { what: "the control plane did not start", ...(said && { why: said }) });
  }
  const { url, apiKey, org, ca } = Ready.parse(JSON.parse(line));
  return {
    target: { endpoint: url, apiKey, org, ca: readText(ca) },
    close: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
