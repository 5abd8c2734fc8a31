import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("the L1 constructs are what the generator makes of the provider's schema", () => {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const script = ["--import", "tsx", "scripts/generate-bindings.mjs", "--check"];
  const { status, stderr } = spawnSync(process.execPath, script, { cwd: root, encoding: "utf8" });
  expect({ status, drift: /constructs\/generated is not.*/.exec(stderr)?.[0] }).toEqual({ status: 0 });
});
