import type { Reporter, TestModule } from "vitest/node";

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
        if (state === "skipped")
          skipped.add(`${module.relativeModuleId}: ${test.parent.type === "suite" ? test.parent.fullName : test.name}`);
      }
      if (module.errors().length > 0) counts.failed++;
    }
    const lines = [
      "",
      skipped.size === 0 ? "Skipped suites: none" : "Skipped suites:",
      ...[...skipped].map((suite) => `  ${suite}`),
      "",
    ];
    process.stdout.write(
      `${lines.join("\n")}\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`,
    );
  }
}
