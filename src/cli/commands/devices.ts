import type { Command } from "commander";
import { exitCodes } from "../../error.js";
import type { DeviceCreated, DeviceItem } from "../../protocol/integration/schema.js";
import { type ConfirmFlags, confirm, confirmOption } from "../confirm.js";
import { type ExpiryFlags, expiryOf, expiryOptions } from "../expiry.js";
import { given, repeated, valued } from "../flags.js";
import { idOf } from "../ids.js";
import { jsonObject, text } from "../kinds.js";
import { note, plain, print, printJson } from "../output.js";
import { commandGroup, connect, type ServerCommandFlags, serverCommand } from "../server-command.js";
import { type Columns, showDeleted, showList, showOne } from "../show.js";
import { timeAndWords, timeInWords } from "../words.js";

interface CreateFlags extends ServerCommandFlags, ExpiryFlags {
  readonly name?: string;
  readonly label?: string[];
}

interface CommandFlags extends ServerCommandFlags {
  readonly payload?: Record<string, unknown>;
}

const example = "firstboot devices command dev_abc123 health_check";

const columns: Columns<DeviceItem> = {
  DEVICE: (device) => device.deviceId,
  NAME: (device) => device.name,
  ONLINE: (device) => device.online,
  EXPIRE: (device) => timeInWords(device.expiresAt),
  "LAST SEEN": (device) => timeInWords(device.lastSeen),
};

const details: Columns<DeviceItem> = {
  ...columns,
  EXPIRE: (device) => timeAndWords(device.expiresAt),
  "LAST SEEN": (device) => timeAndWords(device.lastSeen),
  CREATED: (device) => timeAndWords(device.createdAt),
  CREDENTIALS: (device) => device.credentials,
  BOARD: (device) => device.boardModel,
  MAC: (device) => device.macAddress,
  CODES: (device) => device.provisioningCodeId,
  LABELS: (device) => device.labels?.join(", "),
};

const credentials: Columns<DeviceCreated> = {
  DEVICE: (made) => made.device_id,
  "API KEY": (made) => made.api_key,
  EXPIRE: (made) => timeAndWords(made.expires_at),
};

/** `firstboot devices`: EdgeFlow devices. */
export function devicesCommand(): Command {
  const devices = commandGroup("devices", "EdgeFlow devices: list, show, create, delete, command", example);
  serverCommand(
    devices,
    "list",
    "devices with their state and when their credentials expire",
    "firstboot devices list",
  ).action(listDevices);
  serverCommand(devices, "show <device>", "one device", "firstboot devices show dev_abc123").action(showDevice);
  serverCommand(
    devices,
    "create",
    "credentials for a device that is still to come; they are shown this once",
    "firstboot devices create --name gate-7 --expires-in 365d",
    [
      valued("--name <text>", "what it is called", text),
      ...expiryOptions(),
      repeated("--label <text>", "what it is labelled with", text),
    ],
  ).action(createDevice);
  serverCommand(
    devices,
    "delete <device>",
    "delete a device with its credentials",
    "firstboot devices delete dev_abc123",
    [confirmOption()],
  ).action(deleteDevice);
  serverCommand(devices, "command <device> <action>", "send a command and show the answer", example, [
    valued("--payload <json>", "what the command is given", jsonObject),
  ]).action(sendCommand);
  return devices;
}

async function listDevices(flags: ServerCommandFlags): Promise<void> {
  const { client, org } = connect(flags);
  showList(flags, await client.listDevices(org), columns);
}

async function showDevice(text: string, flags: ServerCommandFlags): Promise<void> {
  const id = idOf("device", text);
  const { client, org } = connect(flags);
  showOne(flags, await client.findDevice(org, id), details);
}

async function createDevice(flags: CreateFlags): Promise<void> {
  const { client, org } = connect(flags);
  const wish = { name: flags.name, expiresAt: expiryOf(flags), labels: flags.label };
  showOne(flags, await client.createDevice(org, given(wish)), credentials);
  if (!flags.json) note("Keep the API key: it is not shown again.");
}

async function deleteDevice(text: string, flags: ServerCommandFlags & ConfirmFlags): Promise<void> {
  const id = idOf("device", text);
  confirm(flags, `the device ${id}`);
  const { client, org } = connect(flags);
  await client.deleteDevice(org, id);
  showDeleted(flags, id);
}

async function sendCommand(text: string, action: string, { payload, ...flags }: CommandFlags): Promise<void> {
  const id = idOf("device", text);
  const { client, org } = connect(flags);
  const result = await client.command(org, id, { action, ...given({ payload }) });
  if (result.status !== "success") process.exitCode = exitCodes.judgedFailed;
  if (flags.json) printJson(result);
  else print(plain(`${result.status}: ${result.status === "success" ? JSON.stringify(result.data) : result.error}`));
}
