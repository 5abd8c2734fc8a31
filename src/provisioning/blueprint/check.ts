import type { Finding, Path } from "./finding.js";
import { BlueprintDocument, type Policy, type PrivateResource, type PublicResource } from "./schema.js";

/** A valid document, normalised: one name for each thing, all defaults filled in. Everything is keyed by niceId. */
export interface Blueprint {
  readonly policies: Readonly<Record<string, Policy>>;
  readonly publicResources: Readonly<Record<string, PublicResource>>;
  readonly privateResources: Readonly<Record<string, PrivateResource>>;
}

export interface CheckOptions {
  /** Whether what a Pangolin server refuses is an error here too. */
  readonly strict?: boolean;
}

/** Findings of a document that is `ok` are warnings; with problems, warnings are told too. */
export type BlueprintCheck =
  | { readonly ok: true; readonly blueprint: Blueprint; readonly warnings: readonly Finding[] }
  | { readonly ok: false; readonly problems: readonly Finding[]; readonly warnings: readonly Finding[] };

/** Checks a parsed document; all its problems are reported together. */
export function checkBlueprint(document: unknown, _options: CheckOptions = {}): BlueprintCheck {
  const parsed = BlueprintDocument.safeParse(document);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ path, message }): Finding => ({ level: "error", path: path.map(part), message }),
    );
    return { ok: false, problems, warnings: [] };
  }
  const blueprint: Blueprint = {
    policies: parsed.data["public-policies"],
    publicResources: { ...parsed.data["proxy-resources"], ...parsed.data["public-resources"] },
    privateResources: { ...parsed.data["client-resources"], ...parsed.data["private-resources"] },
  };
  const problems = [
    ...doubled(blueprint.publicResources, "full-domain"),
    ...doubled(blueprint.privateResources, "alias"),
  ];
  const warnings = warningsOf(document, parsed.data);
  return problems.length > 0 ? { ok: false, problems, warnings } : { ok: true, blueprint, warnings };
}

function part(key: PropertyKey): string | number {
  return typeof key === "number" ? key : String(key);
}

/** A value that must be unique in a document and is not (PROTOCOLS B11). */
function doubled<Field extends string>(
  resources: Readonly<Record<string, { readonly [field in Field]?: string | undefined }>>,
  field: Field,
): Finding[] {
  const owner = new Map<string, string>();
  return Object.entries(resources).flatMap(([niceId, resource]) => {
    const value = resource[field];
    const other = value === undefined ? undefined : owner.get(value);
    if (value !== undefined) owner.set(value, niceId);
    return other === undefined
      ? []
      : [{ level: "error", path: [niceId, field], message: `${value} is used by ${other} already` }];
  });
}

/** What was given and dropped: unknown keys, and `Admin`, which every resource grants anyway (PROTOCOLS B14). */
function warningsOf(given: unknown, kept: unknown, path: Path = []): Finding[] {
  if (Array.isArray(given)) {
    const admin = given.includes("Admin") && Array.isArray(kept) && !kept.includes("Admin");
    const here = admin ? [{ level: "strict" as const, path, message: "Admin has access anyway and was left out" }] : [];
    const within = given.flatMap((item, index) =>
      warningsOf(item, Array.isArray(kept) ? kept[index] : undefined, [...path, index]),
    );
    return [...here, ...within];
  }
  if (!isRecord(given) || !isRecord(kept)) return [];
  return Object.entries(given).flatMap(([key, value]) =>
    key in kept
      ? warningsOf(value, kept[key], [...path, key])
      : [{ level: "warning", path: [...path, key], message: "is not a key of a blueprint and has no effect" }],
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
