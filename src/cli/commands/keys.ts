import { Command } from "commander";
import { FirstbootError } from "../../error.js";
import type { KeyItem } from "../../protocol/integration/schema.js";
import { print, printJson, printTable, shown } from "../output.js";
import { type ServerCommandFlags, serverCommand } from "../server-command.js";
import { clientOf, option, resolveTarget, validity, wholeNumber } from "../settings.js";

interface CreateFlags extends ServerCommandFlags {
  readonly name: string;
  readonly maxUsage?: number;
  readonly validFor?: string;
  readonly pending?: boolean;
}

const example = "firstboot keys create --name acme --max-usage 125 --valid-for 7d --pending";

/** `firstboot keys`: provisioning keys. */
export function keysCommand(): Command {
  const keys = new Command("keys").description("provisioning keys: list, create, delete");
  keys.addHelpText("after", `\nExample:\n  $ ${example}`);
  serverCommand(keys, "list", "all keys with their use counts", "firstboot keys list --json").action(listKeys);
  serverCommand(keys, "create", "a new key; it is shown this once", example)
    .addOption(option("--name <text>", "what it is for", "NAME").makeOptionMandatory())
    .addOption(
      option("--max-usage <number>", "exchanges it is good for; unlimited if absent", "MAX_USAGE").argParser(
        wholeNumber("--max-usage", 1, 1_000_000),
      ),
    )
    .addOption(option("--valid-for <duration>", "for example 7d or 12h; for ever if absent", "VALID_FOR"))
    .addOption(option("--pending", "new sites wait for approval", "PENDING"))
    .action(createKey);
  serverCommand(
    keys,
    "delete <id>",
    "delete a key; its sites stay",
    "firstboot keys delete spk-abcdefghij12345",
  ).action(deleteKey);
  return keys;
}

async function listKeys(flags: ServerCommandFlags): Promise<void> {
  const target = resolveTarget(flags);
  const keys = await clientOf(target).listKeys(target.org);
  if (flags.json) return printJson(keys);
  printTable(
    ["ID", "NAME", "STATE", "USED", "OF", "UNTIL", "NEW SITES", "LAST USED"],
    keys.map((key) => [
      key.siteProvisioningKeyId,
      key.name,
      shown(key.state),
      String(key.numUsed),
      shown(key.maxBatchSize),
      shown(key.validUntil),
      key.approveNewSites ? "approved" : "pending",
      shown(key.lastUsed),
    ]),
  );
}

async function createKey(flags: CreateFlags): Promise<void> {
  const target = resolveTarget(flags);
  const created = await clientOf(target).createKey(target.org, {
    name: flags.name,
    maxBatchSize: flags.maxUsage ?? null,
    approveNewSites: flags.pending !== true,
    ...(flags.validFor !== undefined && { validUntil: timeAfter(flags.validFor) }),
  });
  if (flags.json) return printJson(created);
  print(created.siteProvisioningKey);
  process.stderr.write(`${sentence(created)}\n`);
}

function sentence({ name, maxBatchSize, validUntil, approveNewSites }: KeyItem): string {
  const limit = maxBatchSize === null ? "without a limit" : `good for ${maxBatchSize} exchanges`;
  const until = validUntil === null ? "for ever" : `until ${validUntil}`;
  return `Key "${name}", ${limit}, ${until}; new sites are ${approveNewSites ? "approved" : "pending"}. It is not shown again.`;
}

/** The wall time that lies a duration ahead. */
function timeAfter(duration: string): string {
  return new Date(Date.now() + validity(duration)).toISOString();
}

async function deleteKey(id: string, flags: ServerCommandFlags): Promise<void> {
  if (!id.startsWith("spk-") || id.includes(".")) {
    throw new FirstbootError("FB1001", {
      what: "that is not the id of a key",
      fix: "take the id from `firstboot keys list`: the part before the dot",
    });
  }
  const target = resolveTarget(flags);
  await clientOf(target).deleteKey(target.org, id);
  if (flags.json) printJson({ deleted: id });
  else print(`deleted ${id}`);
}
