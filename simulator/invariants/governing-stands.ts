import type { ResourceItem, SiteItem } from "../../src/protocol/integration/index.js";
import { type Finding, forEachDevice, type Invariant, notJudged } from "./invariant.js";

export const governingStands: Invariant = {
  name: "governing blueprint stands",
  promise:
    "What the server has taken of a site's governing blueprint is what it has at the end, with no mark of an edit.",
  judge: (evidence) => {
    const { server } = evidence;
    if (!server)
      return evidence.devices.some(({ spec }) => spec.blueprints.has("declarative")) ? notJudged(evidence) : [];
    const siteOf = new Map(server.sites.map((site) => [site.newtId ?? "", site]));
    return forEachDevice(evidence, ({ applied, ids: [id = ""] }) => {
      const site = siteOf.get(id);
      if (!site || !applied.has("declarative")) return undefined;
      return judgeSite(site, server.resources, server.governing.get(id) ?? ["its file is no blueprint any more"]);
    });
  },
};

function judgeSite(
  { niceId, status }: SiteItem,
  resources: readonly ResourceItem[],
  missing: readonly string[],
): Finding {
  const own = resources.filter(({ ownerSite, governedBy }) => ownerSite === niceId || governedBy === niceId);
  if (status === "pending") {
    return own.length > 0 ? { detail: `is pending, and has ${own.length} resources already` } : undefined;
  }
  const [first] = missing;
  if (first !== undefined) return { detail: `is not as its governing blueprint says: ${first}` };
  const edited = own.find(({ overwriteExpected }) => overwriteExpected);
  return edited && { detail: `${edited.kind} ${edited.niceId} is still marked as edited` };
}
