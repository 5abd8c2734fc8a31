import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { version } from "../version.js";

const root = fileURLToPath(new URL(".", import.meta.resolve("firstboot/package.json")));

/** A file of this package. */
export function packageFile(path: string): string {
  return join(root, path);
}

/** The built Terraform provider: one script for every platform. */
export const providerBundle = packageFile(`dist/provider/terraform-provider-firstboot_v${version}.cjs`);

/** Node's arguments that run an example: its TypeScript where that can be run (a checkout), else as it was built. */
export function exampleArguments(name: string): string[] {
  const loader = packageFile("node_modules/tsx/dist/loader.mjs");
  if (existsSync(loader)) return ["--import", loader, packageFile(`examples/${name}.ts`)];
  return [packageFile(`dist/examples/${name}.js`)];
}
