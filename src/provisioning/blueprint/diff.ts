import { isDeepStrictEqual } from "node:util";
import type { z } from "zod";
import { isRecord } from "../record.js";
import type { Blueprint } from "./check.js";
import { type Path, type PathPart, pathText } from "./finding.js";
import { type BlueprintKind, blueprintKinds, type KindOfEntry, kinds, type ResourceOf, type Written } from "./kinds.js";
import { maskSecrets } from "./secrets.js";
import { absentValue, shapeBelow } from "./shape.js";

/** A difference at one place; undefined on one side: it is not there. Secrets are masked. */
export interface FieldDifference {
  /** `targets[0].port`, `rules[priority=10].value` */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

export interface ResourceDifference {
  readonly action: "create" | "update";
  readonly kind: BlueprintKind;
  readonly niceId: string;
  /** Of a creation, what differs from the defaults. */
  readonly fields: readonly FieldDifference[];
}

/** What a server has, in normal form, by kind and niceId. A {@link Blueprint} is one. */
export type LiveResources = { readonly [section in keyof Blueprint]: Readonly<Record<string, unknown>> };

const sections = { policy: "policies", public: "publicResources", private: "privateResources" } as const;

/**
 * What the application of a document would change, in the order in which it is applied. What the document does not name
 * stays as it is, and so do targets that it gives as null. Nothing: the server is as the document says.
 */
export function diffBlueprint(wanted: Blueprint, live: LiveResources): ResourceDifference[] {
  return blueprintKinds.flatMap((kind) => {
    const there = live[sections[kind]];
    return Object.entries<object>(wanted[sections[kind]]).flatMap(([niceId, after]): ResourceDifference[] => {
      const before = Object.hasOwn(there, niceId) ? there[niceId] : undefined;
      const fields = diffResource(kind, before, after);
      if (before === undefined) return [{ action: "create", kind, niceId, fields }];
      return fields.length > 0 ? [{ action: "update", kind, niceId, fields }] : [];
    });
  });
}

/** The differences of one resource, both sides in normal form; `before` undefined: it is not there. */
export function diffResource(kind: BlueprintKind, before: unknown, after: object): FieldDifference[] {
  const now = isRecord(before) ? before : {};
  // Targets alone change nothing else of a resource that is there.
  const then = isRecord(after) && Object.keys(after).join() === "targets" ? { ...now, ...after } : after;
  const root: Spot = { path: [], text: "", shape: kinds[kind].shape };
  const silent = isRecord(before) ? undefined : leastOf(kind, after);
  return [...differencesOf(now, then, root)]
    .filter(({ spot, after }) => !silent || !isDeepStrictEqual(silent[spot.text], after))
    .map(({ spot, before, after }) => ({
      path: spot.text,
      before: shown(kind, spot, before),
      after: shown(kind, spot, after),
    }));
}

/** What a resource has by its mode alone, beyond what every one must say. */
function leastOf<Kind extends BlueprintKind>(kind: Kind, after: object): Readonly<Record<string, unknown>> {
  const { shape, normal }: KindOfEntry<Written<Kind>, ResourceOf<Kind>> = kinds[kind];
  const { name, mode, destination }: Readonly<Record<string, unknown>> = { ...after };
  const { data } = shape.safeParse({ name, mode, destination });
  if (data === undefined) return {};
  const { name: _, mode: __, destination: ___, ...least }: Readonly<Record<string, unknown>> = { ...normal(data) };
  return least;
}

/** Where the comparison is. `text` names items by what they are known by, where that is not their position. */
interface Spot {
  readonly path: Path;
  readonly text: string;
  readonly shape: z.core.$ZodType | undefined;
}

interface Difference {
  readonly spot: Spot;
  readonly before: unknown;
  readonly after: unknown;
}

type Differences = Generator<Difference, void>;

/** Lists whose order means nothing. */
const sets: ReadonlySet<PathPart> = new Set([
  ...["roles", "users", "machines", "sites", "labels", "models"],
  ...["sso-roles", "sso-users", "whitelist-users"],
]);

/** Lists whose items are known by some of their fields. */
const keysOfItems: ReadonlyMap<PathPart, readonly string[]> = new Map([
  ["rules", ["priority"]],
  ["ai-providers", ["provider"]],
  ["ai-budget", ["unit", "period"]],
]);

function* differencesOf(before: unknown, after: unknown, spot: Spot): Differences {
  const absent = absentValue(spot.shape);
  if (isDeepStrictEqual(before ?? absent, after ?? absent)) return;
  if (isRecord(before) && isRecord(after)) return yield* ofFields(before, after, spot);
  if (!Array.isArray(before) || !Array.isArray(after)) return yield { spot, before, after };
  const name = spot.path.at(-1) ?? "";
  const keys = keysOfItems.get(name);
  if (name === "targets") yield* ofTargets(before, after, spot);
  else if (keys) yield* ofItems(before, after, spot, keys);
  else if (!sets.has(name) || !isSameSet(name, before, after)) yield { spot, before, after };
}

function* ofFields(before: Record<string, unknown>, after: Record<string, unknown>, spot: Spot): Differences {
  for (const key of new Set([...Object.keys(after), ...Object.keys(before)])) {
    yield* differencesOf(before[key], after[key], below(spot, key));
  }
}

/** By position; null stands for the target that is there (PROTOCOLS B12). */
function* ofTargets(before: readonly unknown[], after: readonly unknown[], spot: Spot): Differences {
  for (let index = 0; index < Math.max(before.length, after.length); index += 1) {
    if (after[index] === null) continue;
    yield* differencesOf(before[index] ?? undefined, after[index], below(spot, index));
  }
}

function* ofItems(
  before: readonly unknown[],
  after: readonly unknown[],
  spot: Spot,
  keys: readonly string[],
): Differences {
  const [old, wanted] = [byKeys(before, keys), byKeys(after, keys)];
  for (const name of new Set([...wanted.keys(), ...old.keys()])) {
    yield* differencesOf(old.get(name), wanted.get(name), { ...below(spot, 0), text: `${spot.text}[${name}]` });
  }
}

function byKeys(items: readonly unknown[], keys: readonly string[]): Map<string, unknown> {
  const nameOf = (item: unknown): string =>
    keys.map((key) => `${key}=${isRecord(item) ? String(item[key]) : ""}`).join(",");
  return new Map(items.map((item) => [nameOf(item), item]));
}

function isSameSet(name: PathPart, before: readonly unknown[], after: readonly unknown[]): boolean {
  // Labels that differ in case alone are the same ones (PROTOCOLS B3).
  const known = (value: unknown) => (name === "labels" ? String(value).toLowerCase() : value);
  return isDeepStrictEqual(new Set(before.map(known)), new Set(after.map(known)));
}

function below({ path, text, shape }: Spot, key: PathPart): Spot {
  const name = pathText([key]);
  const joined = text === "" || name.startsWith("[") ? `${text}${name}` : `${text}.${name}`;
  return { path: [...path, key], text: joined, shape: shapeBelow(shape, key) };
}

/** What people may see of a value: no secret, and of what is new or gone no defaults. */
function shown(kind: BlueprintKind, { path, shape }: Spot, value: unknown): unknown {
  if (value === undefined) return undefined;
  const whole = path.toReversed().reduce<unknown>((inner, key) => ({ [key]: inner }), bare(value, shape));
  const masked: unknown = maskSecrets(kind, Object(whole));
  return path.reduce<unknown>((at, key) => Object(at)[key], masked);
}

function bare(value: unknown, shape: z.core.$ZodType | undefined): unknown {
  if (Array.isArray(value)) return value.map((item, index) => bare(item, shapeBelow(shape, index)));
  if (!isRecord(value)) return value;
  const told = Object.entries(value).filter(
    ([key, field]) => !isDeepStrictEqual(field, absentValue(shapeBelow(shape, key))),
  );
  return Object.fromEntries(told.map(([key, field]) => [key, bare(field, shapeBelow(shape, key))]));
}
