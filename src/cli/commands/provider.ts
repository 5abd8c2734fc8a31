import { Command } from "commander";
import { print, printJson } from "../output.js";
import { providerBundle } from "../package.js";
import { option } from "../settings.js";

interface ProviderFlags {
  readonly directory: string;
  readonly json?: boolean;
}

/** `firstboot provider`: the Terraform provider. */
export function providerCommand(): Command {
  const command = new Command("provider").description("the Terraform provider: install it, find it");
  command.addHelpText("after", '\nExample:\n  $ export TF_CLI_CONFIG_FILE="$(firstboot provider install)"');
  command
    .command("install")
    .description("put the provider into a filesystem mirror, and write the Terraform CLI configuration that uses it")
    .addOption(
      option("--directory <directory>", "where mirror and configuration go", "PROVIDER_DIRECTORY").default(
        ".firstboot/terraform",
      ),
    )
    .addOption(option("--json", "machine-readable output", "JSON"))
    .addHelpText("after", '\nExample:\n  $ export TF_CLI_CONFIG_FILE="$(firstboot provider install)"')
    .action(install);
  command
    .command("path")
    .description("where the provider's script is")
    .addHelpText("after", "\nExample:\n  $ firstboot provider path")
    .addOption(option("--json", "machine-readable output", "JSON"))
    .action(({ json }: { readonly json?: boolean }) =>
      json ? printJson({ path: providerBundle }) : print(providerBundle),
    );
  return command;
}

async function install({ directory, json }: ProviderFlags): Promise<void> {
  const { installProvider } = await import("../../provider/mirror.js");
  const installed = await installProvider({ directory, bundle: providerBundle });
  if (json) return printJson(installed);
  print(installed.cliConfigFile);
  process.stderr.write(
    `Terraform finds firstboot/firstboot ${installed.version} when TF_CLI_CONFIG_FILE is ${installed.cliConfigFile}\n`,
  );
}
