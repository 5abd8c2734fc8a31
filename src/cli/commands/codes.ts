import { Command } from "commander";
import { FirstbootError } from "../../error.js";
import { print, printJson, printTable, shown } from "../output.js";
import { type ServerCommandFlags, serverCommand } from "../server-command.js";
import { clientOf, option, resolveTarget, validity, wholeNumber } from "../settings.js";

interface CreateFlags extends ServerCommandFlags {
  readonly name: string;
  readonly quantity: number;
  readonly validFor?: string;
}

const example = "firstboot codes create --name boards --quantity 50 --valid-for 7d";

/** `firstboot codes`: one-time codes for EdgeFlow devices. */
export function codesCommand(): Command {
  const codes = new Command("codes").description("one-time codes for EdgeFlow devices: list, create, delete");
  codes.addHelpText("after", `\nExample:\n  $ ${example}`);
  serverCommand(codes, "list", "all batches with their use counts", "firstboot codes list").action(listCodes);
  serverCommand(codes, "create", "a batch of codes, one a line; they are shown this once", `${example} > codes.txt`)
    .addOption(option("--name <text>", "what they are for", "NAME").makeOptionMandatory())
    .addOption(
      option("--quantity <number>", "how many", "QUANTITY")
        .default(1)
        .argParser(wholeNumber("--quantity", 1, 10_000)),
    )
    .addOption(option("--valid-for <duration>", "for example 7d or 12h; for ever if absent", "VALID_FOR"))
    .action(createCodes);
  serverCommand(
    codes,
    "delete <id>",
    "delete a batch; its devices stay",
    "firstboot codes delete codes-abcdefghij12345",
  ).action(deleteCodes);
  return codes;
}

async function listCodes(flags: ServerCommandFlags): Promise<void> {
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
    ...(flags.validFor !== undefined && { ttlSeconds: Math.ceil(validity(flags.validFor) / 1000) }),
  });
  if (flags.json) return printJson(created);
  for (const code of created.codes) print(code);
}

async function deleteCodes(id: string, flags: ServerCommandFlags): Promise<void> {
  if (!id.startsWith("codes-")) {
    throw new FirstbootError("FB1001", {
      what: "that is not the id of a batch of codes",
      fix: "take the id from `firstboot codes list`",
    });
  }
  const target = resolveTarget(flags);
  await clientOf(target).deleteCodes(target.org, id);
  if (flags.json) printJson({ deleted: id });
  else print(`deleted ${id}`);
}
