import { Command } from "commander";
import { print, printJson } from "../output.js";
import { option, readText } from "../settings.js";
import { readStdin } from "../stdin.js";

interface OpenFlags {
  readonly from: string;
  readonly identity?: string;
  readonly out: string;
  readonly json?: boolean;
}

/** `firstboot artifacts`: the files that devices receive. */
export function artifactsCommand(): Command {
  const command = new Command("artifacts").description("onboarding files: join templates with sealed secrets");
  const open = command
    .command("open")
    .description("open the artefacts of a Terraform output and write them as files, those with secrets with mode 0600")
    .addOption(option("--from <file>", "what `terraform output -json` printed; - for stdin", "FROM").default("-"))
    .addOption(option("--identity <file>", "age identity that the secrets are sealed to", "IDENTITY"))
    .addOption(option("--out <directory>", "where the files go", "OUT").makeOptionMandatory())
    .addOption(option("--json", "machine-readable output", "JSON"))
    .action(openFiles);
  const example =
    "\nExample:\n  $ terraform output -json | firstboot artifacts open --identity identity.txt --out bundle";
  command.addHelpText("after", example);
  open.addHelpText("after", example);
  return command;
}

async function openFiles({ from, identity, out, json }: OpenFlags): Promise<void> {
  const { openArtifacts } = await import("../artifacts/open.js");
  const files = await openArtifacts({
    json: from === "-" ? await readStdin() : readText(from),
    out,
    ...(identity !== undefined && { identity: readText(identity) }),
  });
  const paths = files.map(({ path }) => path);
  if (json) return printJson({ out, files: paths });
  for (const path of paths) print(path);
}
