import { Command, type Option } from "commander";
import type { IntegrationClient } from "../protocol/integration/client.js";
import { addOptions } from "./flags.js";
import { clientOf, filled, option, resolveTarget, type ServerFlags } from "./settings.js";

/** The flags of every command that talks to a server. */
export interface ServerCommandFlags extends Omit<ServerFlags, "endpoint"> {
  readonly target?: string;
  readonly json?: boolean;
}

/** A command that has others, with an example. */
export function commandGroup(name: string, description: string, example: string): Command {
  return new Command(name).description(description).addHelpText("after", `\nExample:\n  $ ${example}`);
}

/** Adds a command that talks to a server, with its own options, the flags to find the server, and an example. */
export function serverCommand(
  parent: Command,
  usage: string,
  description: string,
  example: string,
  options: readonly Option[] = [],
): Command {
  return withServerOptions(addOptions(parent.command(usage).description(description), options))
    .addOption(option("--target <url>", "the server; by default the one that `firstboot up` runs here", "TARGET"))
    .addOption(option("--json", "machine-readable output", "JSON"))
    .addHelpText("after", `\nExample:\n  $ ${example}`);
}

/** The flags that let a command in at a server. */
export function withServerOptions(command: Command): Command {
  return command
    .addOption(
      option(
        "--api-key-file <file>",
        "file with the API key; FIRSTBOOT_API_KEY may hold the key itself",
        "API_KEY_FILE",
      ),
    )
    .addOption(option("--org <id>", "organisation", "ORG"))
    .addOption(option("--ca <file>", "PEM file of the certificate authority to trust", "CA"))
    .addOption(
      option("--data <directory>", "data directory of a control plane on this machine", "DATA")
        .default(".firstboot")
        .argParser(filled("--data")),
    );
}

/** The server that the flags name, or the Terraform provider's variable, or that runs here; and the organisation. */
export function connect({ target, ...flags }: ServerCommandFlags): { client: IntegrationClient; org: string } {
  const endpoint = target ?? process.env.FIRSTBOOT_ENDPOINT;
  const found = resolveTarget({ ...flags, ...(endpoint && { endpoint }) });
  return { client: clientOf(found), org: found.org };
}
