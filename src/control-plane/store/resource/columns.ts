import type { Blueprint, Policy, PrivateResource, PublicResource } from "../../../provisioning/blueprint/index.js";
import type { ResourceRow } from "../schema.js";

/** What stands below a niceId in a blueprint, with the section that it stands in. */
export type Entry =
  | { readonly kind: "policy"; readonly document: Policy }
  | { readonly kind: "public"; readonly document: PublicResource }
  | { readonly kind: "private"; readonly document: PrivateResource };

/** What is looked for in resources, beside their documents. */
export type Columns = Pick<ResourceRow, "enabled" | "full_domain" | "alias" | "proxy_protocol" | "proxy_port">;

const none: Columns = { enabled: 1, full_domain: null, alias: null, proxy_protocol: null, proxy_port: null };

/** The entries of a document by niceId, in the order in which they are put: policies, public, private (PROTOCOLS B12). */
export function entriesOf({ policies, publicResources, privateResources }: Blueprint): [string, Entry][] {
  return [
    ...Object.entries(policies).map(([niceId, document]): [string, Entry] => [niceId, { kind: "policy", document }]),
    ...Object.entries(publicResources).map(([niceId, document]): [string, Entry] => [
      niceId,
      { kind: "public", document },
    ]),
    ...Object.entries(privateResources).map(([niceId, document]): [string, Entry] => [
      niceId,
      { kind: "private", document },
    ]),
  ];
}

/** The columns of an entry's row. Domains and aliases are the same in small and large letters. */
export function columnsOf({ kind, document }: Entry): Columns {
  if (kind === "policy") return none;
  const enabled = document.enabled === false ? 0 : 1;
  const full_domain = document["full-domain"]?.toLowerCase() ?? null;
  if (kind === "private") return { ...none, enabled, full_domain, alias: document.alias?.toLowerCase() ?? null };
  const { mode, "proxy-port": port = null } = document;
  const isRaw = mode === "tcp" || mode === "udp";
  return { ...none, enabled, full_domain, ...(isRaw && { proxy_protocol: mode, proxy_port: port }) };
}
