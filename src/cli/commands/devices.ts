import { Command } from "commander";
import { print, printJson, printTable, shown } from "../output.js";
import { clientOf, option, resolveTarget, type ServerFlags, serverOptions } from "../settings.js";

interface DeviceFlags extends ServerFlags {
  readonly json?: boolean;
}

/** `firstboot devices`: EdgeFlow devices. */
export function devicesCommand(): Command {
  const command = new Command("devices").description("EdgeFlow devices: list, command");
  command.addHelpText(
    "after",
    "\nExample:\n  $ firstboot devices list\n  $ firstboot devices command dev_abc123 health_check",
  );
  const list = command.command("list").description("devices with their state").action(listDevices);
  list.addHelpText("after", "\nExample:\n  $ firstboot devices list");
  const send = command
    .command("command <device> <action>")
    .description("send a command and show the answer")
    .action(sendCommand);
  send.addHelpText("after", "\nExample:\n  $ firstboot devices command dev_abc123 health_check");
  for (const inner of [list, send]) {
    for (const shared of serverOptions) inner.addOption(shared);
    inner.addOption(option("--json", "machine-readable output", "JSON"));
  }
  return command;
}

async function listDevices(flags: DeviceFlags): Promise<void> {
  const target = resolveTarget(flags);
  const devices = await clientOf(target).listDevices(target.org);
  if (flags.json) return printJson(devices);
  printTable(
    ["DEVICE", "NAME", "ONLINE", "BOARD", "MAC", "EXPIRES", "LAST SEEN"],
    devices.map((device) => [
      device.deviceId,
      device.name,
      device.online ? "yes" : "no",
      shown(device.boardModel),
      shown(device.macAddress),
      shown(device.expiresAt),
      shown(device.lastSeen),
    ]),
  );
}

async function sendCommand(device: string, action: string, flags: DeviceFlags): Promise<void> {
  const target = resolveTarget(flags);
  const result = await clientOf(target).command(target.org, device, { action });
  if (flags.json) return printJson(result);
  print(`${result.status}: ${result.status === "success" ? JSON.stringify(result.data) : result.error}`);
}
