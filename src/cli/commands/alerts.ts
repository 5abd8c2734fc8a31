import type { Command } from "commander";
import { type AlertItem, type AlertKind, alertKinds } from "../../protocol/integration/schema.js";
import { flag, given, toggle } from "../flags.js";
import { idOf } from "../ids.js";
import { print, printJson } from "../output.js";
import { commandGroup, connect, type ServerCommandFlags, serverCommand } from "../server-command.js";
import { type Columns, showList } from "../show.js";
import { timeInWords } from "../words.js";

interface ListFlags extends ServerCommandFlags {
  readonly open?: boolean;
  readonly kind?: AlertKind;
}

const example = "firstboot alerts list --open";

const columns: Columns<AlertItem> = {
  ID: (alert) => alert.alertId,
  KIND: (alert) => alert.kind,
  ABOUT: (alert) => alert.subject,
  SINCE: (alert) => timeInWords(alert.firstAt),
  TIMES: (alert) => alert.count,
  ENDED: (alert) => alert.endedAt && timeInWords(alert.endedAt),
  MESSAGE: (alert) => alert.message,
};

/** `firstboot alerts`: what somebody ought to look at. */
export function alertsCommand(): Command {
  const alerts = commandGroup("alerts", "what somebody ought to look at: list, end", example);
  serverCommand(alerts, "list", "alerts, newest first", example, [
    ...toggle("open", "only open ones", "only ended ones"),
    flag("--kind <kind>", "only these").choices(alertKinds),
  ]).action(listAlerts);
  serverCommand(
    alerts,
    "end <id>",
    "end an alert; it opens again when its cause comes anew",
    "firstboot alerts end 7",
  ).action(endAlert);
  return alerts;
}

async function listAlerts({ open, kind, ...flags }: ListFlags): Promise<void> {
  const { client, org } = connect(flags);
  showList(flags, await client.listAlerts(org, given({ open, kind })), columns);
}

async function endAlert(text: string, flags: ServerCommandFlags): Promise<void> {
  const id = idOf("alert", text);
  const { client, org } = connect(flags);
  const item = await client.endAlert(org, Number(id));
  if (flags.json) printJson(item);
  else print(`ended ${id}`);
}
