import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type FlowResult, repeat } from "../results.js";

const main = fileURLToPath(new URL("../../dist/src/cli/main.js", import.meta.url));

/** From the start of `firstboot up` on an empty directory to its ready line. */
export async function benchStart(): Promise<FlowResult> {
  const runs = await repeat(7, async () => {
    const data = mkdtempSync(join(tmpdir(), "firstboot-bench-"));
    const started = performance.now();
    const child = spawn(process.execPath, [main, "up", "--json", "--port", "0", "--data", data], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    await once(child.stdout, "data");
    const elapsed = performance.now() - started;
    child.kill("SIGTERM");
    await once(child, "close");
    rmSync(data, { recursive: true });
    return elapsed;
  });
  return {
    name: "start of the control plane",
    unit: "ms",
    runs,
    method:
      "`firstboot up --json --port 0` on an empty directory, from the start of the process to its ready line: node itself, development CA, database, TLS.",
  };
}
