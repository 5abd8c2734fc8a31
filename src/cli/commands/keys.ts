import type { Command } from "commander";
import { FirstbootError } from "../../error.js";
import type { KeyItem } from "../../protocol/integration/schema.js";
import { type ConfirmFlags, confirm, confirmOption } from "../confirm.js";
import { type ExpiryFlags, expiryOf, expiryOptions } from "../expiry.js";
import { flag, given, valued } from "../flags.js";
import { idOf } from "../ids.js";
import { type KeyLimitFlags, keyLimitOptions, keyLimits } from "../key-limits.js";
import { text } from "../kinds.js";
import { note, print, printJson } from "../output.js";
import { type OwnKeyFlags, ownKey, ownKeyOptions } from "../own-key.js";
import { commandGroup, connect, type ServerCommandFlags, serverCommand } from "../server-command.js";
import { type Columns, showDeleted, showList, showOne } from "../show.js";
import { counted, settingInWords, timeAndWords, timeInWords, usesInWords } from "../words.js";

interface CreateFlags extends ServerCommandFlags, KeyLimitFlags, ExpiryFlags, OwnKeyFlags {
  readonly name: string;
}

interface UpdateFlags extends ServerCommandFlags, KeyLimitFlags, ExpiryFlags {
  readonly never?: boolean;
}

interface DeleteFlags extends ServerCommandFlags, ConfirmFlags {
  readonly sites: "keep" | "delete";
}

const example = "firstboot keys create --name acme --max-usage 125 --expires-in 7d --no-approve";
const id = "spk-abcdefghij12345";

const columns: Columns<KeyItem> = {
  ID: (key) => key.siteProvisioningKeyId,
  NAME: (key) => key.name,
  STATE: (key) => key.state?.replace("_", " "),
  USES: (key) => usesInWords(key.numUsed, key.maxBatchSize),
  EXPIRES: (key) => timeInWords(key.validUntil),
  "LAST USE": (key) => timeInWords(key.lastUsed),
};

const details: Columns<KeyItem> = {
  ...columns,
  EXPIRES: (key) => timeAndWords(key.validUntil),
  "LAST USE": (key) => timeAndWords(key.lastUsed),
  "NEW SITES": (key) => (key.approveNewSites ? "approved" : "pending"),
  CREATED: (key) => timeAndWords(key.createdAt),
  "ENDS IN": (key) => `…${key.lastChars}`,
  "RECLAIM AFTER": (key) => settingInWords(key.reclaimAfter),
  "SITE TTL OFFLINE": (key) => settingInWords(key.siteTtlOffline),
  "SOURCE NETWORKS": (key) => key.sourceCidrs?.join(", "),
  "NAME PATTERN": (key) => key.namePattern,
  LABELS: (key) => key.labels?.join(", "),
};

/** `firstboot keys`: provisioning keys. */
export function keysCommand(): Command {
  const keys = commandGroup("keys", "provisioning keys: list, create, show, update, revoke, delete", example);
  serverCommand(keys, "list", "all keys with their uses", "firstboot keys list --json").action(listKeys);
  serverCommand(keys, "create", "a new key; it is shown this once", example, [
    valued("--name <text>", "what it is for", text).makeOptionMandatory(),
    ...keyLimitOptions(),
    ...expiryOptions(),
    ...ownKeyOptions(),
  ]).action(createKey);
  serverCommand(keys, "show <id>", "one key with its limits", `firstboot keys show ${id}`).action(showKey);
  serverCommand(
    keys,
    "update <id>",
    "change limits in place; an empty list or pattern lifts one",
    `firstboot keys update ${id} --max-usage 250 --expires-in 14d`,
    [
      ...keyLimitOptions(),
      ...expiryOptions(),
      flag("--never", "it does not expire").conflicts(["expiresIn", "expiresAt"]),
    ],
  ).action(updateKey);
  serverCommand(keys, "revoke <id>", "end a key for good; its sites stay", `firstboot keys revoke ${id}`).action(
    revokeKey,
  );
  serverCommand(keys, "delete <id>", "delete a key", `firstboot keys delete ${id} --sites keep`, [
    flag("--sites <what>", "what becomes of its sites").choices(["keep", "delete"]).default("keep"),
    confirmOption(),
  ]).action(deleteKey);
  return keys;
}

async function listKeys(flags: ServerCommandFlags): Promise<void> {
  const { client, org } = connect(flags);
  showList(flags, await client.listKeys(org), columns);
}

async function showKey(text: string, flags: ServerCommandFlags): Promise<void> {
  const id = idOf("key", text);
  const { client, org } = connect(flags);
  showOne(flags, await client.findKey(org, id), details);
}

/** A key that its owner has made is not printed: they have it. */
async function createKey(flags: CreateFlags): Promise<void> {
  const { client, org } = connect(flags);
  const own = await ownKey(flags);
  const { siteProvisioningKey, ...item } = await client.createKey(org, {
    name: flags.name,
    maxBatchSize: null,
    ...keyLimits(flags),
    ...given({ validUntil: expiryOf(flags), siteProvisioningKey: own }),
  });
  if (flags.json) return printJson(own === undefined ? { ...item, siteProvisioningKey } : item);
  print(own === undefined ? siteProvisioningKey : item.siteProvisioningKeyId);
  note(`${sentence(item)}.${own === undefined ? " Keep it: it is not shown again." : ""}`);
}

function sentence({ name, maxBatchSize, validUntil, approveNewSites }: KeyItem): string {
  const limit =
    maxBatchSize === null ? "for any number of exchanges" : `good for ${counted(maxBatchSize, "exchanges")}`;
  const end = validUntil === null ? "does not expire" : `expires ${timeAndWords(validUntil)}`;
  return `Key "${name}", ${limit}, ${end}; new sites are ${approveNewSites ? "approved" : "pending"}`;
}

async function updateKey(text: string, { never, ...flags }: UpdateFlags): Promise<void> {
  const id = idOf("key", text);
  const changes = { ...keyLimits(flags), ...given({ validUntil: never ? "" : expiryOf(flags) }) };
  if (Object.keys(changes).length === 0) {
    throw new FirstbootError("FB1001", { what: "no change is named", fix: "see `firstboot keys update --help`" });
  }
  const { client, org } = connect(flags);
  showOne(flags, await client.updateKey(org, id, changes), details);
}

async function revokeKey(text: string, flags: ServerCommandFlags): Promise<void> {
  const id = idOf("key", text);
  const { client, org } = connect(flags);
  const item = await client.revokeKey(org, id);
  if (flags.json) printJson(item);
  else print(`revoked ${id}`);
}

async function deleteKey(text: string, flags: DeleteFlags): Promise<void> {
  const id = idOf("key", text);
  confirm(flags, flags.sites === "delete" ? `the key ${id} with all its sites` : `the key ${id}`);
  const { client, org } = connect(flags);
  await client.deleteKey(org, id, flags.sites === "delete" ? { sites: "delete" } : {});
  showDeleted(flags, id);
}
