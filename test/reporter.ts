import type { Reporter, TestModule } from "vitest/node";
import { missingPrograms } from "./needs.js";

/** Ends a run with what was skipped and why, and one plain line of counts. */
export default class ClosingLines implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    const skipped = new Set<string>();
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "pending") continue;
        counts[state]++;
        const { parent } = test;
        if (state === "skipped")
          skipped.add(`  ${module.relativeModuleId}: ${parent.type === "suite" ? parent.fullName : test.name}`);
      }
      if (module.errors().length > 0) counts.failed++;
    }
    const why = missingPrograms.length > 0 ? ` (not on the PATH: ${missingPrograms.join(", ")})` : "";
    const lines = skipped.size === 0 ? ["Skipped suites: none"] : [`Skipped suites${why}:`, ...skipped];
    process.stdout.write(
      `\n${lines.join("\n")}\n\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`,
    );
  }
}
