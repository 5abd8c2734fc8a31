import type { ResourceKind } from "../../../protocol/integration/schema.js";
import type { Blueprint } from "../../../provisioning/blueprint/index.js";
import { columnsOf, entriesOf } from "./columns.js";

/** A resource by its names. */
export interface ResourceName {
  readonly kind: ResourceKind;
  readonly niceId: string;
}

/** All that a document names, which is what has to be looked up before it can be applied. */
export interface Mentions {
  /** Its resources, and the policies that they share. */
  readonly resources: readonly ResourceName[];
  readonly sites: readonly string[];
  readonly roles: readonly string[];
  readonly users: readonly string[];
  readonly machines: readonly string[];
  /** Full domains, public and private. */
  readonly fullDomains: readonly string[];
  readonly aliases: readonly string[];
  readonly ports: readonly number[];
}

/** What a document names, each once. */
export function mentionsOf(blueprint: Blueprint): Mentions {
  const entries = entriesOf(blueprint);
  const publics = Object.values(blueprint.publicResources);
  const privates = Object.values(blueprint.privateResources);
  const signIns = [...publics.flatMap(({ auth }) => auth ?? []), ...Object.values(blueprint.policies)];
  const columns = entries.map(([, entry]) => columnsOf(entry));
  const shared = publics
    .flatMap(({ policy }) => policy ?? [])
    .filter((name) => !Object.hasOwn(blueprint.policies, name));
  return {
    resources: [
      ...entries.map(([niceId, { kind }]) => ({ kind, niceId })),
      ...once(shared).map((niceId) => ({ kind: "policy" as const, niceId })),
    ],
    sites: once([
      ...publics.flatMap(({ targets }) => targets.flatMap((target) => target?.site || [])),
      ...privates.flatMap(({ sites }) => sites),
    ]),
    roles: once([...signIns.flatMap((each) => each["sso-roles"]), ...privates.flatMap(({ roles }) => roles)]),
    users: once([...signIns.flatMap((each) => each["sso-users"]), ...privates.flatMap(({ users }) => users)]),
    machines: once(privates.flatMap(({ machines }) => machines)),
    fullDomains: once(columns.flatMap(({ full_domain }) => full_domain ?? [])),
    aliases: once(columns.flatMap(({ alias }) => alias ?? [])),
    ports: once(columns.flatMap(({ proxy_port }) => proxy_port ?? [])),
  };
}

function once<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

/** Every domain that would cover a full domain: itself without a wildcard, and all above it. */
export function coveringDomains(fullDomain: string): string[] {
  const labels = fullDomain.replace(/^\*\./, "").split(".");
  return labels.slice(0, -1).map((_, index) => labels.slice(index).join("."));
}
