import { Command, type CommanderError } from "commander";
import { FirstbootError } from "../error.js";
import { version } from "../version.js";
import { alertsCommand } from "./commands/alerts.js";
import { apiKeysCommand } from "./commands/api-keys.js";
import { artifactsCommand } from "./commands/artifacts.js";
import { auditCommand } from "./commands/audit.js";
import { backupCommand } from "./commands/backup.js";
import { blueprintCommand } from "./commands/blueprint.js";
import { codesCommand } from "./commands/codes.js";
import { demoCommand } from "./commands/demo.js";
import { deviceCommand } from "./commands/device.js";
import { devicesCommand } from "./commands/devices.js";
import { domainsCommand, rolesCommand, usersCommand } from "./commands/directory.js";
import { keysCommand } from "./commands/keys.js";
import { orgsCommand } from "./commands/orgs.js";
import { providerCommand } from "./commands/provider.js";
import { replayCommand } from "./commands/replay.js";
import { resourcesCommand } from "./commands/resources.js";
import { rulesCommand } from "./commands/rules.js";
import { simulateCommand } from "./commands/simulate.js";
import { siteCommand } from "./commands/site.js";
import { sitesCommand } from "./commands/sites.js";
import { upCommand } from "./commands/up.js";
import { webhooksCommand } from "./commands/webhooks.js";

const commands = [
  upCommand,
  siteCommand,
  deviceCommand,
  demoCommand,
  simulateCommand,
  replayCommand,
  keysCommand,
  codesCommand,
  sitesCommand,
  rulesCommand,
  blueprintCommand,
  devicesCommand,
  resourcesCommand,
  orgsCommand,
  rolesCommand,
  usersCommand,
  domainsCommand,
  apiKeysCommand,
  auditCommand,
  alertsCommand,
  webhooksCommand,
  providerCommand,
  artifactsCommand,
  backupCommand,
];

/** The whole of `firstboot`. */
export function program(): Command {
  const made = new Command("firstboot")
    .description("Declare, deploy and prove the first boot of a fleet.")
    .version(version)
    .addHelpText(
      "after",
      "\nExamples:\n  $ firstboot up\n  $ firstboot demo\n  $ firstboot simulate examples/scenarios/first-fleet.yaml",
    );
  for (const command of commands) made.addCommand(command());
  govern(made);
  return made;
}

/** Wrong usage becomes an error of ours: commander neither writes nor exits by itself. */
function govern(command: Command, name = command.name()): void {
  command.configureOutput({ outputError: () => {} }).exitOverride((error) => {
    throw error.exitCode === 0 ? error : wrongUsage(error, name);
  });
  for (const inner of command.commands) govern(inner, `${name} ${inner.name()}`);
}

/** Names the command whose help shows the way. */
function wrongUsage({ code, message }: CommanderError, name: string): FirstbootError {
  if (code === "commander.help") {
    return new FirstbootError("FB1001", { what: "no command is given", fix: "choose one of those above" });
  }
  const what = message.replace(/^error: |\.$/g, "").replaceAll("\n", " ");
  return new FirstbootError("FB1001", { what, fix: `see \`${name} --help\`` });
}
