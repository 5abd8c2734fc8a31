// Bundles the Terraform provider into one script that Node runs on every platform.
// Run with: node scripts/bundle-provider.mjs [DIRECTORY]
import { chmod, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Writes the script into a directory and returns its path. */
export async function bundleProvider(directory = `${root}dist/provider`) {
  const { version } = JSON.parse(await readFile(`${root}package.json`, "utf8"));
  const outfile = `${directory}/terraform-provider-firstboot_v${version}.cjs`;
  await build({
    entryPoints: [`${root}src/provider/main.ts`],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    mainFields: ["module", "main"],
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: "eof",
    logLevel: "warning",
    banner: { js: "#!/usr/bin/env node" },
    define: { FIRSTBOOT_VERSION: JSON.stringify(version) },
  });
  await chmod(outfile, 0o755);
  return outfile;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleProvider(process.argv[2]);
