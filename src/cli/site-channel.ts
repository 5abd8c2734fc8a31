import type { TargetItem } from "../protocol/integration/schema.js";
import { plain, print, printJson } from "./output.js";
import { connect, type ServerCommandFlags } from "./server-command.js";
import { type Columns, showList } from "./show.js";
import { lookUpSite } from "./site-lookup.js";
import { timeInWords } from "./words.js";

const targets: Columns<TargetItem> = {
  RESOURCE: (target) => target.resourceNiceId,
  FROM: (target) => `${target.protocol} ${target.internalPort}`,
  TO: ({ host, port }) => `${host.includes(":") ? `[${host}]` : host}:${port}`,
  ENABLED: (target) => target.enabled,
  HEALTH: (target) => target.health ?? "not checked",
  SINCE: (target) => timeInWords(target.healthAt),
};

/** What a site's newt forwards to. */
export async function listTargets(wanted: string, flags: ServerCommandFlags): Promise<void> {
  const { client, org } = connect(flags);
  const { siteId } = await lookUpSite(client, org, wanted);
  showList(flags, await client.listTargets(siteId), targets);
}

/** Has a site's newt start anew. */
export async function restartSite(wanted: string, flags: ServerCommandFlags): Promise<void> {
  const { client, org } = connect(flags);
  const { siteId, niceId, name } = await lookUpSite(client, org, wanted);
  await client.restartSite(siteId);
  if (flags.json) printJson({ siteId, niceId, name, restarted: true });
  else print(plain(`restarted ${name} (${niceId})`));
}
