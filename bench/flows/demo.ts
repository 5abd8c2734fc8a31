import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type FlowResult, repeat } from "../results.js";

const main = fileURLToPath(new URL("../../dist/src/cli/main.js", import.meta.url));

/** The main job as a user runs it; a run whose verdict is not passed has no figure. */
export async function benchDemo(devices: number, times: number, goal?: string): Promise<FlowResult> {
  const runs = await repeat(times, async () => {
    const cwd = mkdtempSync(join(tmpdir(), "firstboot-bench-"));
    const started = performance.now();
    const child = spawn(process.execPath, [main, "demo", "--devices", String(devices)], { cwd, stdio: "ignore" });
    const [code] = await once(child, "close");
    if (code !== 0) throw new Error(`the demo with ${devices} devices ended with ${code}`);
    rmSync(cwd, { recursive: true });
    return (performance.now() - started) / 1_000;
  });
  return {
    name: `the main job with ${devices} devices`,
    unit: "s",
    runs,
    ...(goal !== undefined && { goal }),
    method: `\`firstboot demo --devices ${devices}\` in an empty directory, from start to exit 0: control plane, synth, Terraform init and apply, artefacts, enrolment, restart of every device, approval, reports.`,
  };
}
