import { BlueprintDocument, type PrivateResource, type PublicResource } from "./schema.js";

/** Something about a document, at a dotted path in it. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** A valid document. Resources are keyed by niceId. */
export interface Blueprint {
  readonly publicResources: Readonly<Record<string, PublicResource>>;
  readonly privateResources: Readonly<Record<string, PrivateResource>>;
}

export type BlueprintCheck =
  | { readonly ok: true; readonly blueprint: Blueprint; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Checks a parsed document; all its problems are reported together. */
export function checkBlueprint(document: unknown): BlueprintCheck {
  const parsed = BlueprintDocument.safeParse(document);
  if (!parsed.success) {
    return { ok: false, problems: parsed.error.issues.map(({ path, message }) => ({ path: path.join("."), message })) };
  }
  const blueprint: Blueprint = {
    publicResources: { ...parsed.data["proxy-resources"], ...parsed.data["public-resources"] },
    privateResources: { ...parsed.data["client-resources"], ...parsed.data["private-resources"] },
  };
  const problems = [
    ...doubled(blueprint.publicResources, "full-domain"),
    ...doubled(blueprint.privateResources, "alias"),
  ];
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, blueprint, warnings: warningsOf(document, parsed.data) };
}

/** A value that must be unique in a document and is not (PROTOCOLS B11). */
function doubled<Field extends string>(
  resources: Readonly<Record<string, { readonly [field in Field]?: string | undefined }>>,
  field: Field,
): Problem[] {
  const owner = new Map<string, string>();
  return Object.entries(resources).flatMap(([niceId, resource]) => {
    const value = resource[field];
    const other = value === undefined ? undefined : owner.get(value);
    if (value !== undefined) owner.set(value, niceId);
    return other === undefined ? [] : [{ path: `${niceId}.${field}`, message: `${value} is used by ${other} already` }];
  });
}

/** What was given and dropped: unknown keys, and `Admin`, which every resource grants anyway (PROTOCOLS B14). */
function warningsOf(given: unknown, kept: unknown, path: readonly string[] = []): Problem[] {
  if (Array.isArray(given)) {
    const admin = given.includes("Admin") && Array.isArray(kept) && !kept.includes("Admin");
    const here = admin ? [{ path: path.join("."), message: "Admin has access anyway and was left out" }] : [];
    const within = given.flatMap((item, index) =>
      warningsOf(item, Array.isArray(kept) ? kept[index] : undefined, [...path, String(index)]),
    );
    return [...here, ...within];
  }
  if (!isRecord(given) || !isRecord(kept)) return [];
  return Object.entries(given).flatMap(([key, value]) =>
    key in kept
      ? warningsOf(value, kept[key], [...path, key])
      : [{ path: [...path, key].join("."), message: "is not a key of a blueprint and has no effect" }],
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
