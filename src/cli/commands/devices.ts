import { Command } from "commander";
import { exitCodes } from "../../error.js";
import { plain, print, printJson, printTable, shown } from "../output.js";
import { type ServerCommandFlags, serverCommand } from "../server-command.js";
import { clientOf, resolveTarget } from "../settings.js";

const example = "firstboot devices command dev_abc123 health_check";

/** `firstboot devices`: EdgeFlow devices. */
export function devicesCommand(): Command {
  const devices = new Command("devices").description("EdgeFlow devices: list, command");
  devices.addHelpText("after", `\nExample:\n  $ ${example}`);
  serverCommand(devices, "list", "devices with their state", "firstboot devices list").action(listDevices);
  serverCommand(devices, "command <device> <action>", "send a command and show the answer", example).action(
    sendCommand,
  );
  return devices;
}

async function listDevices(flags: ServerCommandFlags): Promise<void> {
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

async function sendCommand(device: string, action: string, flags: ServerCommandFlags): Promise<void> {
  const target = resolveTarget(flags);
  const result = await clientOf(target).command(target.org, device, { action });
  if (result.status !== "success") process.exitCode = exitCodes.judgedFailed;
  if (flags.json) return printJson(result);
  print(plain(`${result.status}: ${result.status === "success" ? JSON.stringify(result.data) : result.error}`));
}
