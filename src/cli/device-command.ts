import type { Command } from "commander";
import { exitCodes } from "../error.js";
import { commandActions } from "../protocol/edgeflow/index.js";
import { commandSeconds } from "../protocol/integration/schema.js";
import { parseDuration } from "../provisioning/duration.js";
import { given, valued } from "./flags.js";
import { idOf } from "./ids.js";
import { jsonObject, type Kind } from "./kinds.js";
import { plain, print, printJson } from "./output.js";
import { connect, type ServerCommandFlags, serverCommand } from "./server-command.js";

interface CommandFlags extends ServerCommandFlags {
  readonly payload?: Record<string, unknown>;
  readonly timeout?: number;
}

const { least, most } = commandSeconds;

/** How long a device is waited for, in seconds. */
const answerTime: Kind<number> = {
  takes: `a duration from ${least}s to ${most}s`,
  read: (text) => {
    const seconds = (parseDuration(text) ?? 0) / 1_000;
    return seconds >= least && seconds <= most ? seconds : undefined;
  },
};

function listOfActions(): string {
  const names = Object.entries(commandActions);
  const width = Math.max(...names.map(([name]) => name.length));
  const lines = names.map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return `\nActions:\n${lines.join("\n")}\nget_flow, start_flow and stop_flow take {"flow_id":"…"}, update_desired takes {"desired":{…}}.`;
}

/** Adds `command` to `firstboot devices`. */
export function addDeviceCommand(devices: Command, example: string): void {
  serverCommand(devices, "command <device> <action>", "send a command and show the answer", example, [
    valued("--payload <json>", "what the command is given", jsonObject),
    valued("--timeout <duration>", `how long the device is waited for; ${commandSeconds.usual}s if absent`, answerTime),
  ])
    .addHelpText("after", listOfActions())
    .action(sendCommand);
}

async function sendCommand(
  text: string,
  action: string,
  { payload, timeout: timeoutSeconds, ...flags }: CommandFlags,
): Promise<void> {
  const id = idOf("device", text);
  const { client, org } = connect(flags);
  const result = await client.command(org, id, { action, ...given({ payload, timeoutSeconds }) });
  if (result.status !== "success") process.exitCode = exitCodes.judgedFailed;
  if (flags.json) printJson(result);
  else print(plain(`${result.status}: ${result.status === "success" ? JSON.stringify(result.data) : result.error}`));
}
