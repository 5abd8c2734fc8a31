import type { Command } from "commander";
import { option, type ServerFlags } from "./settings.js";

/** The flags of every command that talks to a server. */
export interface ServerCommandFlags extends ServerFlags {
  readonly json?: boolean;
}

/** Adds a command that talks to a server, with the flags to find it and an example. */
export function serverCommand(parent: Command, usage: string, description: string, example: string): Command {
  return withServerOptions(parent.command(usage).description(description))
    .addOption(option("--endpoint <url>", "the server; by default the one that `firstboot up` runs here", "ENDPOINT"))
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
      option("--data <directory>", "data directory of a control plane on this machine", "DATA").default(".firstboot"),
    );
}
