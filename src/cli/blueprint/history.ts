import type { BlueprintDetail, BlueprintItem } from "../../protocol/integration/schema.js";
import { idOf } from "../ids.js";
import { plain, print, printJson } from "../output.js";
import { connect, type ServerCommandFlags } from "../server-command.js";
import { type Columns, showList, showOne } from "../show.js";
import { timeAndWords, timeInWords } from "../words.js";

const columns: Columns<BlueprintItem> = {
  ID: (item) => item.blueprintId,
  NAME: (item) => item.name,
  BY: appliedBy,
  OUTCOME: outcomeOf,
  TIMES: (item) => item.applications,
  LAST: (item) => timeInWords(moment(lastOf(item))),
  MESSAGE: (item) => item.message,
};

const details: Columns<BlueprintDetail> = {
  ID: (item) => item.blueprintId,
  NAME: (item) => item.name,
  BY: appliedBy,
  OUTCOME: outcomeOf,
  MESSAGE: (item) => item.message,
  TIMES: (item) => item.applications,
  FIRST: (item) => timeAndWords(moment(item.createdAt)),
  LAST: (item) => timeAndWords(moment(lastOf(item))),
};

/** The applications of an organisation's documents, newest first. */
export async function listBlueprints(flags: ServerCommandFlags): Promise<void> {
  const { client, org } = connect(flags);
  showList(flags, await client.listBlueprints(org), columns);
}

/** One of them with its warnings and its document. */
export async function showBlueprint(text: string, flags: ServerCommandFlags): Promise<void> {
  const id = idOf("blueprint", text);
  const { client, org } = connect(flags);
  const item = await client.findBlueprint(org, Number(id));
  if (flags.json) return printJson(item);
  showOne({}, item, details);
  for (const warning of item.warnings ?? []) print(plain(`warning: ${warning}`));
  print();
  for (const line of item.contents.trimEnd().split("\n")) print(plain(line));
}

/** A site by its number, with the flag that its document came by, if it said so. */
function appliedBy({ siteId, source, once }: BlueprintItem): string {
  if (siteId === null || siteId === undefined) return source;
  return once ? `site ${siteId}, provisioning` : `site ${siteId}`;
}

function outcomeOf({ succeeded, parked }: BlueprintItem): string {
  if (parked) return "waits for approval";
  return succeeded ? "applied" : "failed";
}

function lastOf({ lastAppliedAt, createdAt }: BlueprintItem): number {
  return lastAppliedAt ?? createdAt;
}

function moment(unixSeconds: number): string {
  return new Date(unixSeconds * 1_000).toISOString();
}
