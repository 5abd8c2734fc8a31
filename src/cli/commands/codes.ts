import type { Command } from "commander";
import type { CodesCreated, CodesItem } from "../../protocol/integration/schema.js";
import { normalCode } from "../../provisioning/credentials.js";
import { type ConfirmFlags, confirm, confirmOption } from "../confirm.js";
import { given, repeated, valued } from "../flags.js";
import { idOf } from "../ids.js";
import { count, lifetime, patience, text } from "../kinds.js";
import { note, print, printJson } from "../output.js";
import { keepInFile } from "../secret-file.js";
import { commandGroup, connect, type ServerCommandFlags, serverCommand } from "../server-command.js";
import { type Columns, showDeleted, showList } from "../show.js";
import { counted, timeInWords, usesInWords } from "../words.js";

interface CreateFlags extends ServerCommandFlags {
  readonly name: string;
  readonly quantity: number;
  readonly ttl?: number;
  readonly reclaimAfter?: number;
  readonly label?: string[];
  readonly out?: string;
}

interface RevokeFlags extends ServerCommandFlags {
  readonly code?: string;
}

const example = "firstboot codes create --name boards --quantity 50 --ttl 7d";
const id = "codes-abcdefghij12345";

const columns: Columns<CodesItem> = {
  ID: (batch) => batch.provisioningCodeId,
  NAME: (batch) => batch.name,
  STATE: (batch) => batch.state.replace("_", " "),
  USES: (batch) => usesInWords(batch.numUsed, batch.quantity),
  REVOKED: (batch) => batch.numRevoked,
  EXPIRES: (batch) => timeInWords(batch.expiresAt),
  "LAST USE": (batch) => timeInWords(batch.lastUsed),
  LABELS: (batch) => batch.labels?.join(", "),
};

/** `firstboot codes`: one-time codes for EdgeFlow devices. */
export function codesCommand(): Command {
  const codes = commandGroup("codes", "one-time codes for EdgeFlow devices: list, create, revoke, delete", example);
  serverCommand(codes, "list", "all batches with their uses", "firstboot codes list").action(listCodes);
  serverCommand(
    codes,
    "create",
    "a batch of codes, one a line; they are shown this once",
    `${example} --out codes.txt`,
    [
      valued("--name <text>", "what they are for", text).makeOptionMandatory(),
      valued("--quantity <number>", "how many", count(1, 10_000)).default(1),
      valued("--ttl <duration>", "how long they are good for, such as 24h; for ever if absent", lifetime),
      valued(
        "--reclaim-after <duration>",
        "remove a device that has not connected this long after its exchange, and give its code back",
        patience,
      ),
      repeated("--label <text>", "what their devices are labelled with", text),
      valued("--out <file>", "a new file for the codes, with mode 0600, instead of standard output", text),
    ],
  ).action(createCodes);
  serverCommand(
    codes,
    "revoke <id>",
    "end one code of a batch, or all that are not used",
    `firstboot codes revoke ${id} --code PROV-ABCD-EFGH`,
    [valued("--code <code>", "only this one", text)],
  ).action(revokeCodes);
  serverCommand(codes, "delete <id>", "delete a batch; its devices stay", `firstboot codes delete ${id}`, [
    confirmOption(),
  ]).action(deleteCodes);
  return codes;
}

async function listCodes(flags: ServerCommandFlags): Promise<void> {
  const { client, org } = connect(flags);
  showList(flags, await client.listCodes(org), columns);
}

async function createCodes({ out, ...flags }: CreateFlags): Promise<void> {
  const { client, org } = connect(flags);
  const create = () =>
    client.createCodes(org, {
      name: flags.name,
      quantity: flags.quantity,
      ...given({ ttlSeconds: flags.ttl, reclaimAfter: flags.reclaimAfter, labels: flags.label }),
    });
  const created = out === undefined ? await create() : await keepInFile(out, create, lines);
  const { codes, ...item } = created;
  if (flags.json) return printJson(out === undefined ? created : { ...item, out });
  if (out === undefined) for (const code of codes) print(code);
  const where = out === undefined ? "Keep them" : `They are in ${out}`;
  note(
    `${counted(codes.length, "codes")} "${item.name}", ${item.provisioningCodeId}. ${where}: they are not shown again.`,
  );
}

function lines({ codes }: CodesCreated): string {
  return `${codes.join("\n")}\n`;
}

async function revokeCodes(text: string, { code, ...flags }: RevokeFlags): Promise<void> {
  const id = idOf("codes", text);
  const { client, org } = connect(flags);
  const item = await client.revokeCodes(org, id, given({ code: code && normalCode(code) }));
  if (flags.json) printJson(item);
  else print(code === undefined ? `revoked ${id}` : `revoked a code of ${id}`);
}

async function deleteCodes(text: string, flags: ServerCommandFlags & ConfirmFlags): Promise<void> {
  const id = idOf("codes", text);
  confirm(flags, `the codes ${id}`);
  const { client, org } = connect(flags);
  await client.deleteCodes(org, id);
  showDeleted(flags, id);
}
