import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Runs something with a new directory, which is gone afterwards. */
export function withScratch<T>(run: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), "firstboot-test-"));
  try {
    return run(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
