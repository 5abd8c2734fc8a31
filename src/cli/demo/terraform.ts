import { z } from "zod";
import { FirstbootError } from "../../error.js";
import { type CommandOptions, runCommand } from "../child.js";

/** The oldest Terraform that the provider works with. */
const oldest = [1, 8] as const;

const Version = z.object({ terraform_version: z.string() });

/** The Terraform on the PATH as `1.11.4`; undefined, with the reason, where there is none that will do. */
export async function findTerraform(options: CommandOptions): Promise<{ version: string } | { missing: string }> {
  const printed = await runCommand("terraform", ["version", "-json"], options).catch((error: unknown) => {
    if (error instanceof FirstbootError) return undefined;
    throw error;
  });
  if (printed === undefined) return { missing: "Terraform is not on the PATH" };
  const { terraform_version: version } = Version.parse(JSON.parse(printed));
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const fits = major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
  return fits ? { version } : { missing: `Terraform ${version} is older than ${oldest.join(".")}` };
}

/** `init` and `apply` of a synthesised stack; returns its outputs as `terraform output -json` prints them. */
export async function applyStack(options: CommandOptions): Promise<string> {
  await runCommand("terraform", ["init", "-input=false", "-no-color"], options);
  await runCommand("terraform", ["apply", "-auto-approve", "-input=false", "-no-color"], options);
  return runCommand("terraform", ["output", "-json"], options);
}
