// Builds everything that is published: the libraries and the command with tsc, the Terraform provider as one script.
import { execFileSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { bundleProvider } from "./bundle-provider.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");

try {
  execFileSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
} catch {
  process.exit(1);
}
chmodSync(new URL("../dist/src/cli/main.js", import.meta.url), 0o755);
await bundleProvider();
