import type { Command } from "commander";
import { FirstbootError } from "../../error.js";
import { type SiteItem, type SiteStatus, siteStatuses } from "../../protocol/integration/schema.js";
import { confirmOption } from "../confirm.js";
import { flag, given, repeated, toggle, valued } from "../flags.js";
import { text } from "../kinds.js";
import { note } from "../output.js";
import { commandGroup, connect, type ServerCommandFlags, serverCommand } from "../server-command.js";
import { type Columns, showList, showOne } from "../show.js";
import { listTargets, restartSite } from "../site-channel.js";
import { type DecisionFlags, decide, decisions } from "../site-decisions.js";
import { lookUpSite } from "../site-lookup.js";
import { timeAndWords, timeInWords } from "../words.js";

interface ListFlags extends ServerCommandFlags {
  readonly status?: SiteStatus;
  readonly online?: boolean;
  readonly query?: string;
  readonly label?: string[];
}

interface CreateFlags extends ServerCommandFlags {
  readonly name: string;
}

interface RenameFlags extends ServerCommandFlags {
  readonly name?: string;
  readonly niceId?: string;
}

interface RekeyFlags extends ServerCommandFlags {
  readonly disconnect?: boolean;
}

const columns: Columns<SiteItem> = {
  SITE: (site) => site.niceId,
  NAME: (site) => site.name,
  STATUS: (site) => site.status,
  ONLINE: (site) => site.online,
  "LAST SEEN": (site) => timeInWords(site.lastSeen),
  LABELS: (site) => site.labels?.join(", "),
};

/** What helps to decide about a site that waits. */
const waiting: Columns<SiteItem> = {
  SITE: (site) => site.niceId,
  NAME: (site) => site.name,
  KEY: (site) => site.siteProvisioningKeyId,
  FROM: (site) => site.sourceAddress,
  "FIRST SEEN": (site) => timeInWords(site.createdAt),
  ONLINE: (site) => site.online,
  LABELS: (site) => site.labels?.join(", "),
};

const details: Columns<SiteItem> = {
  ...columns,
  "LAST SEEN": (site) => timeAndWords(site.lastSeen),
  "LAST HEARD FROM": (site) => site.lastAddress,
  CREATED: (site) => timeAndWords(site.createdAt),
  KEY: (site) => site.siteProvisioningKeyId,
  "CAME FROM": (site) => site.sourceAddress,
  "APPROVED BY": (site) => site.approvalRuleId && `rule ${site.approvalRuleId}`,
  CONFIG: configInWords,
  RESOURCES: (site) => site.resourceCount,
  NUMBER: (site) => site.siteId,
  "NEWT ID": (site) => site.newtId,
  "NEWT VERSION": (site) => site.newtVersion,
};

const credentials: Columns<{ readonly newtId: string; readonly secret: string }> = {
  "NEWT ID": ({ newtId }) => newtId,
  SECRET: ({ secret }) => secret,
};

/** `firstboot sites`: what came by keys. */
export function sitesCommand(): Command {
  const sites = commandGroup(
    "sites",
    "sites, by niceId, number or name: list, show, approve, reject, delete, create, rename, rekey, targets, restart",
    "firstboot sites list --status pending\n  $ firstboot sites approve --all",
  );
  serverCommand(sites, "list", "sites with their state", "firstboot sites list --status pending --label rack-4", [
    flag("--status <status>", "only these").choices(siteStatuses),
    ...toggle("online", "only those that are connected", "only those that are not"),
    valued("--query <text>", "only those with this in their name or niceId", text),
    repeated("--label <text>", "only those with all of these", text),
  ]).action(listSites);
  serverCommand(sites, "show <site>", "one site", "firstboot sites show brave-otter").action(showSite);
  for (const decision of decisions) {
    const { name, description } = decision;
    serverCommand(sites, `${name} [sites...]`, description, `firstboot sites ${name} SN4711-edge brave-otter`, [
      name === "delete" ? confirmOption() : flag("--all", "every pending site"),
    ]).action((names: string[], flags: DecisionFlags) => decide(decision, names, flags));
  }
  serverCommand(
    sites,
    "create",
    "a site whose credentials are made beforehand; its secret is shown this once",
    "firstboot sites create --name shop-12",
    [valued("--name <text>", "what it is called", text).makeOptionMandatory()],
  ).action(createSite);
  serverCommand(
    sites,
    "rename <site>",
    "give a site another name or niceId",
    'firstboot sites rename brave-otter --name "Shop 12" --nice-id shop-12',
    [valued("--name <text>", "its name", text), valued("--nice-id <id>", "its niceId", text)],
  ).action(renameSite);
  serverCommand(
    sites,
    "rekey <site>",
    "give a site a new secret, shown this once; the old one ends",
    "firstboot sites rekey brave-otter",
    toggle("disconnect", "close its channel (the default)", "leave its channel open"),
  ).action(rekeySite);
  serverCommand(
    sites,
    "targets <site>",
    "what a site's newt forwards to, and whether that is well",
    "firstboot sites targets brave-otter",
  ).action(listTargets);
  serverCommand(sites, "restart <site>", "have a site's newt start anew", "firstboot sites restart brave-otter").action(
    restartSite,
  );
  return sites;
}

/** The number of what a site's newt is to do, and what it has of that. */
function configInWords({ configVersion, configSeen }: SiteItem): string | undefined {
  if (configVersion === undefined) return undefined;
  if (configSeen === null || configSeen === undefined) return `version ${configVersion}`;
  const has = configSeen === configVersion ? "its newt has it" : `its newt has ${configSeen}`;
  return `version ${configVersion}; ${has}`;
}

async function listSites({ label, ...flags }: ListFlags): Promise<void> {
  const { client, org } = connect(flags);
  const filter = { status: flags.status, online: flags.online, query: flags.query, labels: label?.join(",") };
  const shown = flags.status === "pending" ? waiting : columns;
  showList(flags, await client.listSites(org, given(filter)), shown);
}

async function showSite(wanted: string, flags: ServerCommandFlags): Promise<void> {
  const { client, org } = connect(flags);
  showOne(flags, await lookUpSite(client, org, wanted), details);
}

async function createSite(flags: CreateFlags): Promise<void> {
  const { client, org } = connect(flags);
  const created = await client.createSite(org, { name: flags.name });
  showOne(flags, created, { SITE: ({ niceId }) => niceId, ...credentials });
  if (!flags.json) note("Keep the secret: it is not shown again.");
}

async function renameSite(wanted: string, { name, niceId, ...flags }: RenameFlags): Promise<void> {
  if (name === undefined && niceId === undefined) {
    throw new FirstbootError("FB1001", { what: "no new name is given", fix: "give --name, --nice-id or both" });
  }
  const { client, org } = connect(flags);
  const { siteId } = await lookUpSite(client, org, wanted);
  showOne(flags, await client.renameSite(siteId, given({ name, niceId })), details);
}

async function rekeySite(wanted: string, { disconnect, ...flags }: RekeyFlags): Promise<void> {
  const { client, org } = connect(flags);
  const { siteId } = await lookUpSite(client, org, wanted);
  showOne(flags, await client.rekeySite(siteId, given({ disconnect })), credentials);
  if (!flags.json) note("Keep the secret: it is not shown again, and the old one has ended.");
}
