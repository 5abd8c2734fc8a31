import { FirstbootError } from "../error.js";
import type { IntegrationClient } from "../protocol/integration/client.js";
import type { SiteItem } from "../protocol/integration/schema.js";
import { type ConfirmFlags, confirm } from "./confirm.js";
import { plain, print, printJson } from "./output.js";
import { connect, type ServerCommandFlags } from "./server-command.js";
import { lookUpSite } from "./site-lookup.js";

/** What is done with several sites at once. */
export interface Decision {
  readonly name: "approve" | "reject" | "delete";
  /** What is said afterwards. */
  readonly done: string;
  readonly description: string;
  readonly carryOut: (client: IntegrationClient, siteId: number) => Promise<void>;
}

export const decisions: readonly Decision[] = [
  {
    name: "approve",
    done: "approved",
    description: "let pending sites in; their blueprints are applied",
    carryOut: (client, siteId) => client.approveSite(siteId),
  },
  {
    name: "reject",
    done: "rejected",
    description: "turn pending sites away and delete them",
    carryOut: (client, siteId) => client.rejectSite(siteId),
  },
  {
    name: "delete",
    done: "deleted",
    description: "delete sites with their credentials",
    carryOut: (client, siteId) => client.deleteSite(siteId),
  },
];

export interface DecisionFlags extends ServerCommandFlags, ConfirmFlags {
  readonly all?: boolean;
}

/** Carries a decision out on the sites that are named, once all of them are found. */
export async function decide(decision: Decision, names: readonly string[], flags: DecisionFlags): Promise<void> {
  const { name, done, carryOut } = decision;
  if (names.length > 0 === (flags.all === true)) {
    throw new FirstbootError("FB1001", {
      what: flags.all ? "sites are named beside --all" : `no site to ${name} is named`,
      fix: name === "delete" ? "name sites" : "either name sites, by name or id, or give --all",
    });
  }
  if (name === "delete") confirm(flags, names.join(", "));
  const { client, org } = connect(flags);
  const chosen = flags.all ? await client.listSites(org, { status: "pending" }) : await lookUp(client, org, names);
  for (const site of chosen) {
    await carryOut(client, site.siteId);
    if (!flags.json) print(plain(`${done} ${site.name} (${site.niceId})`));
  }
  if (flags.json) printJson(chosen.map(({ siteId, niceId, name }) => ({ siteId, niceId, name, [done]: true })));
  else if (chosen.length === 0) print("no site is pending");
}

async function lookUp(client: IntegrationClient, org: string, names: readonly string[]): Promise<SiteItem[]> {
  const found = new Map<number, SiteItem>();
  for (const name of names) {
    const site = await lookUpSite(client, org, name);
    found.set(site.siteId, site);
  }
  return [...found.values()];
}
