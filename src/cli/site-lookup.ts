import { FirstbootError } from "../error.js";
import { type IntegrationClient, IntegrationRefusal } from "../protocol/integration/client.js";
import type { SiteItem } from "../protocol/integration/schema.js";

/** A site of an organisation by its niceId, else by its number, else by its name if only one has it. Throws FB1001. */
export async function lookUpSite(client: IntegrationClient, org: string, wanted: string): Promise<SiteItem> {
  const known = (await orNone(client.findSite({ org, niceId: wanted }))) ?? (await byNumber(client, org, wanted));
  if (known) return known;
  const listed = wanted === "" ? [] : await client.listSites(org, { query: wanted });
  const [site, ...others] = listed.filter(({ name }) => name === wanted);
  if (site && others.length === 0) return site;
  throw new FirstbootError("FB1001", {
    what: site ? `${others.length + 1} sites are called "${wanted}"` : `no site is called "${wanted}"`,
    fix: "take the SITE column of `firstboot sites list`",
  });
}

/** Numbers count over all organisations; one of another is none. */
async function byNumber(client: IntegrationClient, org: string, wanted: string): Promise<SiteItem | undefined> {
  if (!/^[1-9]\d{0,14}$/.test(wanted)) return undefined;
  const site = await orNone(client.findSite(Number(wanted)));
  return site?.orgId === undefined || site.orgId === org ? site : undefined;
}

async function orNone<T>(found: Promise<T>): Promise<T | undefined> {
  return found.catch((error: unknown) => {
    if (error instanceof IntegrationRefusal && error.status === 404) return undefined;
    throw error;
  });
}
