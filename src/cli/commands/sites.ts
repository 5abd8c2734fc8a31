import { Command } from "commander";
import { FirstbootError } from "../../error.js";
import type { IntegrationClient } from "../../protocol/integration/client.js";
import { type SiteItem, type SiteStatus, siteStatuses } from "../../protocol/integration/schema.js";
import { plain, print, printJson, printTable, shown } from "../output.js";
import { type ServerCommandFlags, serverCommand } from "../server-command.js";
import { clientOf, option, resolveTarget } from "../settings.js";

interface ListFlags extends ServerCommandFlags {
  readonly status?: SiteStatus;
}

interface DecisionFlags extends ServerCommandFlags {
  readonly all?: boolean;
}

type Decision = "approve" | "reject";

const meanings: Readonly<Record<Decision, string>> = {
  approve: "let pending sites in; their blueprints are applied",
  reject: "turn pending sites away and delete them",
};

/** `firstboot sites`: what came by keys. */
export function sitesCommand(): Command {
  const sites = new Command("sites").description("sites: list, approve, reject");
  sites.addHelpText(
    "after",
    "\nExample:\n  $ firstboot sites list --status pending\n  $ firstboot sites approve --all",
  );
  serverCommand(sites, "list", "sites with their state", "firstboot sites list --status pending")
    .addOption(option("--status <status>", "only these", "STATUS").choices(siteStatuses))
    .action(listSites);
  for (const decision of ["approve", "reject"] as const) {
    serverCommand(sites, `${decision} [names...]`, meanings[decision], `firstboot sites ${decision} SN4711-edge`)
      .addOption(option("--all", "every pending site", "ALL"))
      .action((names: string[], flags: DecisionFlags) => decide(decision, names, flags));
  }
  return sites;
}

async function listSites(flags: ListFlags): Promise<void> {
  const target = resolveTarget(flags);
  const sites = await clientOf(target).listSites(target.org, flags.status ? { status: flags.status } : {});
  if (flags.json) return printJson(sites);
  printTable(
    ["SITE", "NAME", "STATUS", "ONLINE", "KEY", "LAST SEEN"],
    sites.map((site) => [
      site.niceId,
      site.name,
      site.status,
      site.online ? "yes" : "no",
      shown(site.siteProvisioningKeyId),
      shown(site.lastSeen),
    ]),
  );
}

async function decide(decision: Decision, names: readonly string[], flags: DecisionFlags): Promise<void> {
  if (names.length > 0 === (flags.all === true)) {
    throw new FirstbootError("FB1001", {
      what: flags.all ? "sites are named beside --all" : `no site to ${decision} is named`,
      fix: "either name sites, by name or id, or give --all",
    });
  }
  const target = resolveTarget(flags);
  const client = clientOf(target);
  const pending = await client.listSites(target.org, { status: "pending" });
  const chosen = flags.all ? pending : [...new Set(names.map((name) => findSite(pending, name)))];
  for (const site of chosen) await carryOut(client, decision, site);
  if (flags.json)
    return printJson(chosen.map(({ siteId, niceId, name }) => ({ siteId, niceId, name, [decision]: true })));
  for (const { name, niceId } of chosen)
    print(plain(`${decision === "approve" ? "approved" : "rejected"} ${name} (${niceId})`));
  if (chosen.length === 0) print("no site is pending");
}

/** Niceid first, then exact name. */
function findSite(pending: readonly SiteItem[], wanted: string): SiteItem {
  const named = pending.filter(({ name }) => name === wanted);
  const site = pending.find(({ niceId }) => niceId === wanted) ?? named[0];
  if (site === undefined || (site.niceId !== wanted && named.length > 1)) {
    throw new FirstbootError("FB1001", {
      what:
        site === undefined
          ? `no pending site is called "${wanted}"`
          : `${named.length} pending sites are called "${wanted}"`,
      fix: "take the SITE column of `firstboot sites list --status pending`",
    });
  }
  return site;
}

function carryOut(client: IntegrationClient, decision: Decision, { siteId }: SiteItem): Promise<void> {
  return decision === "approve" ? client.approveSite(siteId) : client.rejectSite(siteId);
}
