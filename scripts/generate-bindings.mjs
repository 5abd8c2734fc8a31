// Writes the L1 constructs: constructs/generated/schema.json as the provider says it, and TypeScript made from it.
// With --check nothing is written: the files that differ are named, and the exit code is 1.
// Run with: node --import tsx scripts/generate-bindings.mjs [--check]
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CodeMaker } from "codemaker";
import { providerSchema } from "../src/provider/provider.ts";

// Read when the generator is loaded: it is to ask nobody for news.
process.env.CHECKPOINT_DISABLE = "1";
const { TerraformProviderGenerator } = await import("@cdktf/provider-generator");

const generated = fileURLToPath(new URL("../constructs/generated/", import.meta.url));

/** The generator's text, made to fit the compiler options of this project and rid of links to pages that do not exist. */
const rewrites = [
  [/^\/\/ https:.*\n/, ""],
  [/^ *\*\s*Docs at Terraform Registry: .*\n/gm, ""],
  [/^ *\* *\n(?= *\*\/)/gm, ""],
  [/^ *\/\*\*\n *\*\/\n/gm, ""],
  [/ Refer to the \{@link [^}]*\} in the documentation of this resource for the id to use/g, ""],
  [/\{@link \S+ ([^}]+)\}/g, "$1"],
  [/^( *)protected synthesize/gm, "$1protected override synthesize"],
  [/^( *public )(get|set) alias\(/gm, "$1override $2 alias("],
  [/, provider \}\);/g, ", ...(provider && { provider }) });"],
  [/^( *private _\w+)\?: (.+?); *$/gm, "$1: $2 | undefined;"],
  [/^( *)provider: config\.provider,\n(?: *\w+: config\.\w+,?\n)+/gm, "$1...config,\n"],
  [/[ \t]+$/gm, ""],
];

/** Where Terraform finds the provider; with the host, because OpenTofu's own default is another. */
const source = "registry.terraform.io/firstboot/firstboot";

/** The provider of this release or a later patch of it; cdktf deploys nothing without a version. */
async function constraint() {
  const { version } = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8"));
  return `~> ${version.replace(/\d+$/, "0")}`;
}

async function bindings(schema) {
  const scratch = await mkdtemp(join(tmpdir(), "firstboot-bindings-"));
  try {
    const generator = new TerraformProviderGenerator(new CodeMaker(), schema);
    generator.generate({ name: "firstboot", source, version: await constraint(), isModule: false });
    await generator.save(scratch);
    const root = join(scratch, "providers", "firstboot");
    const folders = (await readdir(root, { withFileTypes: true })).filter((entry) => entry.isDirectory());
    const names = folders.map(({ name }) => name).sort();
    const files = names.map(async (name) => {
      const text = await readFile(join(root, name, "index.ts"), "utf8");
      return [`${name}.ts`, rewrites.reduce((result, [pattern, by]) => result.replace(pattern, by), text)];
    });
    const barrel = names.map((name) => `export * from "./${name}.js";\n`).join("");
    return [...(await Promise.all(files)), ["index.ts", barrel]];
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** All files of constructs/generated, as name and text. */
async function expected() {
  const schema = providerSchema();
  return [["schema.json", `${JSON.stringify(schema, null, 2)}\n`], ...(await bindings(schema))];
}

async function differs([name, text]) {
  const present = await readFile(join(generated, name), "utf8").catch(() => undefined);
  return present !== text;
}

const files = await expected();
const wanted = new Set(files.map(([name]) => name));
const superfluous = (await readdir(generated)).filter((name) => !wanted.has(name));

if (process.argv.includes("--check")) {
  const changed = [];
  for (const file of files) if (await differs(file)) changed.push(file[0]);
  const stale = [...changed, ...superfluous];
  if (stale.length > 0) {
    process.stderr.write(
      `constructs/generated is not what the provider says: ${stale.join(", ")}; run node --import tsx scripts/generate-bindings.mjs\n`,
    );
    process.exitCode = 1;
  }
} else {
  for (const name of superfluous) await rm(join(generated, name));
  for (const [name, text] of files) await writeFile(join(generated, name), text);
}
