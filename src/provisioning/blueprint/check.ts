import { isRecord } from "../record.js";
import { boundsOf } from "./bounds.js";
import { checkEntry, niceIdFindings } from "./entry.js";
import type { Finding } from "./finding.js";
import { Findings } from "./findings.js";
import { keysOf, unknownKeys } from "./keys.js";
import { type BlueprintKind, type KindOfEntry, kinds, type ResourceOf, type Written } from "./kinds.js";
import { privateDoubles, publicDoubles } from "./rules/document.js";
import { BlueprintShape } from "./schema/document.js";
import type { Policy } from "./schema/policy.js";
import type { PrivateResource } from "./schema/private-resource.js";
import type { PublicResource } from "./schema/public-resource.js";
import { checkSection, siteFindings } from "./section.js";

const documentKeys = keysOf(BlueprintShape);

/** A valid document in normal form: one name for each thing, all defaults filled in. Everything is keyed by niceId. */
export interface Blueprint {
  readonly policies: Readonly<Record<string, Policy>>;
  readonly publicResources: Readonly<Record<string, PublicResource>>;
  readonly privateResources: Readonly<Record<string, PrivateResource>>;
}

export interface CheckOptions {
  /** Whether what a Pangolin server refuses is an error here too. */
  readonly strict?: boolean;
}

interface Misfit {
  readonly ok: false;
  readonly problems: readonly Finding[];
  readonly warnings: readonly Finding[];
}

/** Findings of a document that is `ok` are warnings; with problems, warnings are told too. */
export type BlueprintCheck =
  | { readonly ok: true; readonly blueprint: Blueprint; readonly warnings: readonly Finding[] }
  | Misfit;

/** The same of one entry. Paths start at its place in a document. */
export type ResourceCheck<Kind extends BlueprintKind = BlueprintKind> =
  | { readonly ok: true; readonly resource: ResourceOf<Kind>; readonly warnings: readonly Finding[] }
  | Misfit;

/**
 * Checks a parsed document, of whatever origin. Its problems are told together, up to 1,000; nothing is thrown. What a
 * strict check accepts is accepted without `strict` too, and means the same.
 */
export function checkBlueprint(document: unknown, options: CheckOptions = {}): BlueprintCheck {
  const bounds = boundsOf(document);
  if (!bounds.fits) return misfit(bounds.findings, options);
  if (!isRecord(document)) return misfit([notAMap], options);
  const findings = new Findings();
  findings.add(bounds.findings);
  const policies = checkSection(kinds.policy, document, findings);
  const publicResources = checkSection(kinds.public, document, findings);
  const privateResources = checkSection(kinds.private, document, findings);
  findings.add(publicDoubles(publicResources.entries));
  findings.add(privateDoubles(privateResources.entries));
  findings.add(siteFindings(document));
  findings.add(unknownKeys(documentKeys, document, []));
  if (isRefused(findings.told, options)) return misfit(findings.told, options);
  const blueprint: Blueprint = {
    policies: policies.normal,
    publicResources: publicResources.normal,
    privateResources: privateResources.normal,
  };
  return { ok: true, blueprint, warnings: findings.told };
}

const notAMap: Finding = {
  level: "error",
  path: [],
  message: "a blueprint is a map of sections, such as public-resources",
};

/** Checks one entry, as it would stand in a document. */
export function checkResource<Kind extends BlueprintKind>(
  kind: Kind,
  niceId: string,
  document: unknown,
  options: CheckOptions = {},
): ResourceCheck<Kind> {
  const kindOfEntry: KindOfEntry<Written<Kind>, ResourceOf<Kind>> = kinds[kind];
  const path = [kindOfEntry.section, niceId];
  const bounds = boundsOf(document, path);
  if (!bounds.fits) return misfit(bounds.findings, options);
  const findings = new Findings();
  findings.add([...niceIdFindings(niceId, path), ...bounds.findings]);
  const { normal } = checkEntry(kindOfEntry, path, document, findings);
  if (normal === undefined || isRefused(findings.told, options)) return misfit(findings.told, options);
  return { ok: true, resource: normal, warnings: findings.told };
}

function isProblem({ level }: Finding, { strict = false }: CheckOptions): boolean {
  return level === "error" || (strict && level === "strict");
}

function isRefused(findings: readonly Finding[], options: CheckOptions): boolean {
  return findings.some((finding) => isProblem(finding, options));
}

function misfit(findings: readonly Finding[], options: CheckOptions): Misfit {
  return {
    ok: false,
    problems: findings.filter((finding) => isProblem(finding, options)),
    warnings: findings.filter((finding) => !isProblem(finding, options)),
  };
}
