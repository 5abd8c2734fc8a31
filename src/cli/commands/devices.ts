import type { Command } from "commander";
import type { DeviceCreated, DeviceItem } from "../../protocol/integration/schema.js";
import { type ConfirmFlags, confirm, confirmOption } from "../confirm.js";
import { addDeviceCommand } from "../device-command.js";
import { addDeviceShadow } from "../device-shadow.js";
import { type ExpiryFlags, expiryOf, expiryOptions } from "../expiry.js";
import { given, repeated, valued } from "../flags.js";
import { idOf } from "../ids.js";
import { text } from "../kinds.js";
import { note, print, printJson } from "../output.js";
import { commandGroup, connect, type ServerCommandFlags, serverCommand } from "../server-command.js";
import { type Columns, showDeleted, showList, showOne } from "../show.js";
import { timeAndWords, timeInWords } from "../words.js";

interface CreateFlags extends ServerCommandFlags, ExpiryFlags {
  readonly name?: string;
  readonly label?: string[];
}

const example = "firstboot devices command dev_abc123 health_check";

const columns: Columns<DeviceItem> = {
  DEVICE: (device) => device.deviceId,
  NAME: (device) => device.name,
  ONLINE: (device) => device.online,
  EXPIRE: (device) => (device.credentials === "revoked" ? "revoked" : timeInWords(device.expiresAt)),
  "LAST SEEN": (device) => timeInWords(device.lastSeen),
};

const details: Columns<DeviceItem> = {
  ...columns,
  EXPIRE: (device) => timeAndWords(device.expiresAt),
  "LAST SEEN": (device) => timeAndWords(device.lastSeen),
  CREATED: (device) => timeAndWords(device.createdAt),
  CREDENTIALS: (device) => device.credentials,
  AGENT: (device) => device.agentVersion,
  ADDRESS: (device) => device.lastAddress,
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
  const devices = commandGroup(
    "devices",
    "EdgeFlow devices: list, show, create, revoke, delete, command, shadow",
    example,
  );
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
    "revoke <device>",
    "end a device's credentials for good; it stays listed",
    "firstboot devices revoke dev_abc123",
  ).action(revokeDevice);
  serverCommand(
    devices,
    "delete <device>",
    "delete a device with its credentials",
    "firstboot devices delete dev_abc123",
    [confirmOption()],
  ).action(deleteDevice);
  addDeviceCommand(devices, example);
  addDeviceShadow(devices);
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

async function revokeDevice(text: string, flags: ServerCommandFlags): Promise<void> {
  const id = idOf("device", text);
  const { client, org } = connect(flags);
  const item = await client.revokeDevice(org, id);
  if (flags.json) printJson(item);
  else print(`revoked ${id}`);
}

async function deleteDevice(text: string, flags: ServerCommandFlags & ConfirmFlags): Promise<void> {
  const id = idOf("device", text);
  confirm(flags, `the device ${id}`);
  const { client, org } = connect(flags);
  await client.deleteDevice(org, id);
  showDeleted(flags, id);
}
