import { Command } from "commander";
import { print, printJson } from "../output.js";
import { filled, option } from "../settings.js";

interface BackupFlags {
  readonly data: string;
  readonly to: string;
  readonly json?: boolean;
}

/** `firstboot backup`: a copy of a control plane's data. */
export function backupCommand(): Command {
  return new Command("backup")
    .description("copy a control plane's data directory, while it serves or not; the copy is a data directory itself")
    .addOption(
      option("--data <directory>", "data directory of a control plane on this machine", "DATA")
        .default(".firstboot")
        .argParser(filled("--data")),
    )
    .addOption(
      option("--to <directory>", "where the copy goes; nothing is overwritten", "BACKUP_TO")
        .argParser(filled("--to"))
        .makeOptionMandatory(),
    )
    .addOption(option("--json", "machine-readable output", "JSON"))
    .addHelpText(
      "after",
      '\nExample:\n  $ firstboot backup --to "backups/$(date +%F)"\n  $ firstboot up --data backups/2030-01-31',
    )
    .action(backup);
}

async function backup({ data, to, json }: BackupFlags): Promise<void> {
  const { backUp } = await import("../../server/backup.js");
  const files = await backUp(data, to);
  if (json) return printJson({ to, files });
  print(`${data} is copied to ${to}; it holds every secret of the control plane: keep it as safe`);
}
