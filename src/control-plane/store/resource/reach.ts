import type { PrivateResource, PublicResource } from "../../../provisioning/blueprint/index.js";
import type { Applier } from "./applier.js";
import type { Known, Live, NamedSite } from "./live.js";
import type { Notes } from "./notes.js";

/** A document whose sites are niceIds of sites that there are, with the ids of these. */
export interface Reached<Document, Id> {
  readonly document: Document;
  readonly sites: readonly Id[];
}

/**
 * Finds sites by niceId, then by a name that only one has (PROTOCOLS B14). A site's blueprint reaches that site only, and
 * takes it for one that is not found (PROTOCOLS D3.31).
 */
export class Reach {
  constructor(
    private readonly live: Live,
    private readonly applier: Applier,
    private readonly notes: Notes,
  ) {}

  /** Targets' sites by position; undefined where there is no target, or one that is kept as it is. */
  ofTargets(
    niceId: string,
    document: PublicResource,
    known: Known | undefined,
    isKept: (position: number) => boolean,
  ): Reached<PublicResource, number | undefined> {
    const home = this.#home(known);
    const sites: (number | undefined)[] = [];
    const targets = document.targets.map((target, position) => {
      if (!target || isKept(position)) return target;
      const { site: text, ...placed } = target;
      const site = text ? this.#find(text) : undefined;
      sites[position] = site?.id ?? home;
      if (!text && home === undefined) this.notes.problem(`Target site is required: target ${position} of ${niceId}`);
      return site ? { ...target, site: site.niceId } : placed;
    });
    return { document: { ...document, targets }, sites };
  }

  ofPrivate(niceId: string, document: PrivateResource, known: Known | undefined): Reached<PrivateResource, number> {
    const home = this.#home(known);
    const named = document.sites.flatMap((text) => this.#find(text) ?? []);
    const found = new Map(named.map(({ id, niceId }) => [id, niceId]));
    const resolved = { ...document, sites: [...found.values()] };
    if (found.size > 0) return { document: resolved, sites: [...found.keys()] };
    if (home === undefined && document.sites.length === 0) this.notes.problem(`No valid sites found for ${niceId}`);
    return { document: resolved, sites: home === undefined ? [] : [home] };
  }

  /** Where something belongs that names no site. */
  #home(known: Known | undefined): number | undefined {
    return this.applier.siteId ?? known?.row.site_id ?? undefined;
  }

  #find(text: string): NamedSite | undefined {
    const { live, applier, notes } = this;
    const found = live.sitesByNiceId.get(text) ?? live.sitesByName.get(text);
    if (found === undefined || found === "several") {
      const why = found ? `Several sites are named ${text}` : `Site not found: ${text}`;
      if (applier.siteId === undefined) notes.problem(`${why} in org ${applier.orgId}`);
      else notes.warning(`${why}: the site that the blueprint comes from was taken for it`);
      return undefined;
    }
    if (applier.siteId === undefined || applier.siteId === found.id) return found;
    notes.problem(`Site ${text} is another site: a site's blueprint reaches nothing but that site`);
    return undefined;
  }
}
