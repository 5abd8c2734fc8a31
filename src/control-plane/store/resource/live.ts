import type { Blueprint } from "../../../provisioning/blueprint/index.js";
import type { ResourceRow, TargetRow, Tx } from "../schema.js";
import { targetsOf } from "../target/rows.js";
import type { Applier, Origin } from "./applier.js";
import * as find from "./lookups.js";
import { coveringDomains, type Mentions, mentionsOf, type ResourceName } from "./mentions.js";

/** A resource that is there, with what belongs to it. */
export interface Known {
  readonly row: ResourceRow;
  /** niceId of the site that governs it. */
  readonly governor: string | null;
  readonly targets: readonly TargetRow[];
  /** The sites that a private resource is reached through. */
  readonly sites: readonly number[];
}

/** A site that a document names. */
export interface NamedSite {
  readonly id: number;
  readonly niceId: string;
}

/** Who has a domain, an alias or a port. */
export type Owner = ResourceName &
  Pick<ResourceRow, "site_id" | "full_domain" | "alias" | "proxy_protocol" | "proxy_port">;

/** The state of an organisation, as far as a document may touch it or depends on it. */
export interface Live {
  readonly mentions: Mentions;
  /** By `knownKey`; policies that others share are among them. */
  readonly known: ReadonlyMap<string, Known>;
  readonly sitesByNiceId: ReadonlyMap<string, NamedSite>;
  /** "several": more than one site has the name. */
  readonly sitesByName: ReadonlyMap<string, NamedSite | "several">;
  readonly roles: ReadonlySet<string>;
  /** How many roles the organisation has; counted only where some are missing. */
  readonly roleCount: number;
  /** Names and addresses. */
  readonly users: ReadonlySet<string>;
  readonly domains: ReadonlySet<string>;
  readonly owners: readonly Owner[];
  /** Where newts listen, by site. */
  readonly ports: ReadonlyMap<number, readonly number[]>;
  /** How many resources belong to the applying site. */
  readonly ownCount: number;
  /** What the applying site governs; read only where its document says what it governs. */
  readonly governed: readonly (ResourceName & { readonly id: number })[];
}

export function knownKey({ kind, niceId }: ResourceName): string {
  return `${kind}/${niceId}`;
}

/** Reads all that an application depends on: one statement for each table, however large the document. */
export async function readLive(tx: Tx, applier: Applier, blueprint: Blueprint, { governs }: Origin): Promise<Live> {
  const { orgId, siteId } = applier;
  const mentions = mentionsOf(blueprint);
  const known = await readKnown(tx, orgId, mentions.resources);
  const sites = await readSites(tx, orgId, mentions.sites);
  const roles = await wordsOf(tx, find.selectRoles, orgId, mentions.roles);
  const allRolesThere = mentions.roles.every((name) => roles.has(name));
  const domains = mentions.fullDomains.flatMap(coveringDomains);
  return {
    mentions,
    known,
    ...sites,
    roles,
    roleCount: allRolesThere ? 0 : ((await find.countRoles(tx, { orgId })).rows[0]?.count ?? 0),
    users: await wordsOf(tx, find.selectUsers, orgId, mentions.users),
    domains: await wordsOf(tx, find.selectDomains, orgId, domains),
    owners: await readOwners(tx, orgId, mentions),
    ports: await readPorts(tx, blueprint, possibleSites(siteId, known, sites)),
    ownCount: siteId === undefined ? 0 : ((await find.countOfSite(tx, { siteId })).rows[0]?.count ?? 0),
    governed: siteId === undefined || governs !== true ? [] : await readGoverned(tx, siteId),
  };
}

async function readKnown(tx: Tx, orgId: string, names: readonly ResourceName[]): Promise<Map<string, Known>> {
  if (names.length === 0) return new Map();
  const pairs = JSON.stringify(names.map(({ kind, niceId }) => [kind, niceId]));
  const { rows } = await find.selectKnown(tx, { orgId, names: pairs });
  const idsOf = (kind: string) => rows.flatMap((row) => (row.kind === kind ? [row.id] : []));
  const targets = await targetsOf(tx, idsOf("public"));
  const reach = await readReach(tx, idsOf("private"));
  return new Map(
    rows.map(({ governor, ...row }) => [
      knownKey({ kind: row.kind, niceId: row.nice_id }),
      { row, governor, targets: targets.get(row.id) ?? [], sites: reach.get(row.id) ?? [] },
    ]),
  );
}

async function readReach(tx: Tx, ids: readonly number[]): Promise<Map<number, number[]>> {
  const reach = new Map<number, number[]>(ids.map((id) => [id, []]));
  if (ids.length === 0) return reach;
  const { rows } = await find.selectReach(tx, { ids: JSON.stringify(ids) });
  for (const { resource_id, site_id } of rows) reach.get(resource_id)?.push(site_id);
  return reach;
}

async function readSites(
  tx: Tx,
  orgId: string,
  texts: readonly string[],
): Promise<Pick<Live, "sitesByNiceId" | "sitesByName">> {
  if (texts.length === 0) return { sitesByNiceId: new Map(), sitesByName: new Map() };
  const byNiceId = (await find.selectSitesByNiceId(tx, { orgId, names: JSON.stringify(texts) })).rows;
  const byName = (await find.selectSitesByName(tx, { orgId, names: JSON.stringify(texts) })).rows;
  const ids = JSON.stringify(byName.flatMap(({ id, count }) => (count === 1 ? [id] : [])));
  const niceIds = byName.length === 0 ? [] : (await find.selectNiceIds(tx, { ids })).rows;
  const named = new Map(niceIds.map(({ id, nice_id }) => [id, { id, niceId: nice_id }]));
  return {
    sitesByNiceId: new Map(byNiceId.map(({ id, nice_id }) => [nice_id, { id, niceId: nice_id }])),
    sitesByName: new Map(byName.map(({ id, name }) => [name, named.get(id) ?? "several"])),
  };
}

type Words = (typeof find)["selectRoles" | "selectDomains" | "selectUsers"];

/** Which of the names there are. */
async function wordsOf(tx: Tx, select: Words, orgId: string, names: readonly string[]): Promise<Set<string>> {
  if (names.length === 0) return new Set();
  const { rows } = await select(tx, { orgId, names: JSON.stringify(names) });
  return new Set(rows.map((row) => ("word" in row ? row.word : row.name)));
}

async function readOwners(tx: Tx, orgId: string, mentions: Mentions): Promise<Owner[]> {
  const wanted = [
    [find.selectDomainOwners, mentions.fullDomains],
    [find.selectAliasOwners, mentions.aliases],
    [find.selectPortOwners, mentions.ports],
  ] as const;
  const owners: Owner[] = [];
  for (const [select, names] of wanted) {
    if (names.length === 0) continue;
    const { rows } = await select(tx, { orgId, names: JSON.stringify(names) });
    for (const { nice_id: niceId, ...row } of rows) owners.push({ ...row, niceId });
  }
  return owners;
}

/** Every site that a target of the document may come to. */
function possibleSites(
  siteId: number | undefined,
  known: ReadonlyMap<string, Known>,
  { sitesByNiceId, sitesByName }: Pick<Live, "sitesByNiceId" | "sitesByName">,
): number[] {
  const named = [...sitesByNiceId.values(), ...sitesByName.values()];
  return [
    ...(siteId === undefined ? [] : [siteId]),
    ...named.flatMap((site) => (site === "several" ? [] : [site.id])),
    ...[...known.values()]
      .flatMap(({ row, targets }) => [row.site_id ?? [], ...targets.map((each) => each.site_id)])
      .flat(),
  ];
}

async function readPorts(tx: Tx, { publicResources }: Blueprint, sites: readonly number[]): Promise<Live["ports"]> {
  const ports = new Map<number, number[]>(sites.map((id) => [id, []]));
  if (!Object.values(publicResources).some(({ targets }) => targets.length > 0)) return ports;
  const { rows } = await find.selectPorts(tx, { ids: JSON.stringify([...ports.keys()]) });
  for (const { site_id, internal_port } of rows) ports.get(site_id)?.push(internal_port);
  return ports;
}

async function readGoverned(tx: Tx, siteId: number): Promise<Live["governed"]> {
  const { rows } = await find.selectGoverned(tx, { siteId });
  return rows.map(({ id, kind, nice_id }) => ({ id, kind, niceId: nice_id }));
}

/** The newts of some sites. */
export async function newtsOf(tx: Tx, sites: readonly number[]): Promise<string[]> {
  return (await find.selectNewts(tx, { ids: JSON.stringify(sites) })).rows.map(({ id }) => id);
}
