import type { Command } from "commander";
import { FirstbootError } from "../../error.js";
import type { Capacity, OrgItem } from "../../protocol/integration/schema.js";
import { type ConfirmFlags, confirm, confirmOption } from "../confirm.js";
import { given, valued } from "../flags.js";
import { count, or, text } from "../kinds.js";
import { commandGroup, connect, type ServerCommandFlags, serverCommand } from "../server-command.js";
import { type Columns, showDeleted, showList, showOne } from "../show.js";
import { settingInWords, timeInWords, usesInWords } from "../words.js";

interface OrgFlags extends ServerCommandFlags {
  readonly name?: string;
  readonly maxSites?: number | "unlimited";
}

const example = 'firstboot orgs create acme --name "Acme Ltd" --max-sites 500';

const columns: Columns<OrgItem> = {
  ORG: (org) => org.orgId,
  NAME: (org) => org.name,
  "MAX SITES": (org) => org.maxSites ?? "unlimited",
  CREATED: (org) => timeInWords(org.createdAt),
};

const rooms = ["sites", "devices", "connections", "tunnels"] as const;

const capacityColumns: Columns<Capacity> = {
  ...Object.fromEntries(
    rooms.map((room) => [room.toUpperCase(), ({ [room]: { used, limit } }: Capacity) => usesInWords(used, limit)]),
  ),
  "WRONG SECRETS": ({ rateLimits: { failuresPerSource: failures } }) =>
    `${failures.limit} from one source in ${settingInWords(failures.windowSeconds)}`,
  "CODES AFTER THAT": ({ rateLimits }) => `${rateLimits.codesPerSecond} a second from this source`,
};

/** `firstboot orgs`: customers that see nothing of each other. */
export function orgsCommand(): Command {
  const orgs = commandGroup("orgs", "organisations: list, create, update, delete, capacity", example);
  const limits = () => [
    valued("--name <text>", "what it is called", text),
    valued("--max-sites <number>", "sites it may have, or unlimited", or("unlimited", count(0, 1_000_000))),
  ];
  serverCommand(orgs, "list", "those that the API key reaches", "firstboot orgs list").action(listOrgs);
  serverCommand(orgs, "create <id>", "a new organisation", example, limits()).action(createOrg);
  serverCommand(
    orgs,
    "update <id>",
    "rename an organisation or limit its sites",
    "firstboot orgs update acme --max-sites unlimited",
    limits(),
  ).action(updateOrg);
  serverCommand(orgs, "delete <id>", "delete an organisation with all that is in it", "firstboot orgs delete acme", [
    confirmOption(),
  ]).action(deleteOrg);
  serverCommand(
    orgs,
    "capacity [id]",
    "what a rollout can still count on; of --org if no other is named",
    "firstboot orgs capacity acme",
  ).action(showCapacity);
  return orgs;
}

async function listOrgs(flags: ServerCommandFlags): Promise<void> {
  showList(flags, await connect(flags).client.listOrgs(), columns);
}

async function createOrg(orgId: string, flags: OrgFlags): Promise<void> {
  showOne(flags, await connect(flags).client.createOrg({ orgId, ...said(flags) }), columns);
}

/** What the flags say, in the API's words. */
function said({ name, maxSites }: OrgFlags) {
  return given({ name, maxSites: maxSites === "unlimited" ? null : maxSites });
}

async function updateOrg(orgId: string, flags: OrgFlags): Promise<void> {
  const changes = said(flags);
  if (Object.keys(changes).length === 0) {
    throw new FirstbootError("FB1001", { what: "no change is named", fix: "give --name, --max-sites or both" });
  }
  showOne(flags, await connect(flags).client.updateOrg(orgId, changes), columns);
}

async function deleteOrg(orgId: string, flags: ServerCommandFlags & ConfirmFlags): Promise<void> {
  confirm(flags, `the organisation ${orgId} with all that is in it`);
  await connect(flags).client.deleteOrg(orgId);
  showDeleted(flags, orgId);
}

async function showCapacity(orgId: string | undefined, flags: ServerCommandFlags): Promise<void> {
  const { client, org } = connect(flags);
  showOne(flags, await client.capacity(orgId ?? org), capacityColumns);
}
