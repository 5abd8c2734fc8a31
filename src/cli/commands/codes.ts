import { Command } from "commander";
import { Duration } from "../../provisioning/duration.js";
import { print, printJson, printTable, shown } from "../output.js";
import { clientOf, option, resolveTarget, type ServerFlags, serverOptions, wholeNumber } from "../settings.js";

interface ListFlags extends ServerFlags {
  readonly json?: boolean;
}

interface CreateFlags extends ListFlags {
  readonly name: string;
  readonly quantity: number;
  readonly validFor?: string;
}

/** `firstboot codes`: one-time codes for EdgeFlow devices. */
export function codesCommand(): Command {
  const command = new Command("codes").description("one-time codes for EdgeFlow devices: list, create, delete");
  command.addHelpText("after", "\nExample:\n  $ firstboot codes create --name boards --quantity 50 --valid-for 7d");
  const list = command.command("list").description("all batches with their use counts").action(listCodes);
  list.addHelpText("after", "\nExample:\n  $ firstboot codes list");
  const create = command
    .command("create")
    .description("a batch of codes, one a line; they are shown this once")
    .requiredOption("--name <text>", "what they are for")
    .addOption(
      option("--quantity <number>", "how many", "QUANTITY")
        .default(1)
        .argParser(wholeNumber("--quantity", 1, 10_000)),
    )
    .addOption(option("--valid-for <duration>", "for example 7d or 12h; for ever if absent", "VALID_FOR"))
    .action(createCodes);
  create.addHelpText(
    "after",
    "\nExample:\n  $ firstboot codes create --name boards --quantity 50 --valid-for 7d > codes.txt",
  );
  const remove = command.command("delete <id>").description("delete a batch; its devices stay").action(deleteCodes);
  remove.addHelpText("after", "\nExample:\n  $ firstboot codes delete prc-abcdefghij12345");
  for (const inner of [list, create, remove]) {
    for (const shared of serverOptions) inner.addOption(shared);
    inner.addOption(option("--json", "machine-readable output", "JSON"));
  }
  return command;
}

async function listCodes(flags: ListFlags): Promise<void> {
  const target = resolveTarget(flags);
  const batches = await clientOf(target).listCodes(target.org);
  if (flags.json) return printJson(batches);
  printTable(
    ["ID", "NAME", "STATE", "USED", "OF", "UNTIL", "LAST USED"],
    batches.map((batch) => [
      batch.provisioningCodeId,
      batch.name,
      batch.state,
      String(batch.numUsed),
      String(batch.quantity),
      shown(batch.expiresAt),
      shown(batch.lastUsed),
    ]),
  );
}

async function createCodes(flags: CreateFlags): Promise<void> {
  const target = resolveTarget(flags);
  const created = await clientOf(target).createCodes(target.org, {
    name: flags.name,
    quantity: flags.quantity,
    ...(flags.validFor !== undefined && { ttlSeconds: Math.round(Duration.parse(flags.validFor).milliseconds / 1000) }),
  });
  if (flags.json) return printJson(created);
  for (const code of created.codes) print(code);
}

async function deleteCodes(id: string, flags: ListFlags): Promise<void> {
  const target = resolveTarget(flags);
  await clientOf(target).deleteCodes(target.org, id);
  if (flags.json) printJson({ deleted: id });
  else print(`deleted ${id}`);
}
