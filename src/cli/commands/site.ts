import { Command, Option } from "commander";
import { flag, valued } from "../flags.js";
import { text } from "../kinds.js";
import { filled, option } from "../settings.js";
import { inOneForm, newtFlags, settingsOf } from "../site-agent/flags.js";

/** `firstboot site`: an agent as newt is one. */
export function siteCommand(): Command {
  const flags = newtFlags();
  const command = ownFlags(new Command("site"));
  for (const { option: one } of flags) command.addOption(one);
  return command.action(async (own, parsed: Command) => {
    const { runSite } = await import("../site-agent/run.js");
    await runSite(own, settingsOf(parsed, flags));
  });
}

function ownFlags(command: Command): Command {
  return command
    .description(
      "a site: exchanges a provisioning key once, keeps its credentials in a JSON file and stays connected; flags, variables and file are newt's",
    )
    .addOption(
      new Option(
        "--config-file <file>",
        "JSON file that is read, and written after the exchange (env: CONFIG_FILE)",
      ).argParser(filled("--config-file")),
    )
    .addOption(valued("--ca <file>", "trust this certificate authority instead of the system's, PEM or DER", text))
    .addOption(
      option("--persona <persona>", "habits: hardened, or those of newt as it is", "PERSONA")
        .choices(["newt", "hardened"])
        .default("hardened"),
    )
    .addOption(flag("--once", "end with 0 once online and its blueprints are answered, with 1 if one is refused"))
    .addOption(flag("--insecure", "allow http:// to other machines"))
    .addOption(flag("--json", "each event as one line of JSON on stdout"))
    .addOption(flag("--show-config", "print every setting with its source and end; secrets are masked"))
    .addHelpText("after", help);
}

const help = `
A flag wins over its variable, that over the config file, that over the default. -flag is --flag, --flag=value is --flag value.
Others on the machine may see a key on a command line for a moment: a file or NEWT_PROVISIONING_KEY is safer.
SIGHUP reads the config file again.

Examples:
  $ firstboot site --config-file /var/newt.json
  $ NEWT_PROVISIONING_KEY=spk-... firstboot site --config-file /var/newt.json --endpoint https://app.example.com \\
      --name '{{env.SERIAL_NUMBER}}-edge' --provisioning-blueprint-file bootstrap.yaml`;

/** The arguments of `firstboot`, with those of `site` in the form that is known here, whichever of Go's they have. */
export function siteArguments([command, ...args]: readonly string[]): string[] {
  if (command !== "site") return command === undefined ? [] : [command, ...args];
  return ["site", ...inOneForm(ownFlags(new Command("site")), newtFlags(), args)];
}
