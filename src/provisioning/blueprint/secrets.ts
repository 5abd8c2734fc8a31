import { isRecord } from "../record.js";
import type { Keys } from "./keys.js";
import { type BlueprintKind, blueprintKinds, kinds, sectionsOf } from "./kinds.js";
import { mask } from "./mask.js";
import { nearest, plainOf } from "./nearest.js";

type Fields = Readonly<Record<string, unknown>>;

/** Where secrets stand in an entry of each kind (PROTOCOLS B6, B10). */
export const secretPaths: Readonly<Record<BlueprintKind, readonly (readonly [string, ...string[]])[]>> = {
  policy: [["password"], ["pincode"], ["basic-auth", "password"]],
  public: [
    ["auth", "password"],
    ["auth", "pincode"],
    ["auth", "basic-auth", "password"],
  ],
  private: [],
};

/** An entry to be shown: each secret gives way to {@link mask}. */
export function maskSecrets(kind: BlueprintKind, entry: object): Fields {
  return secretPaths[kind].reduce((fields, path) => changedAt(fields, path, masked), { ...entry });
}

/**
 * An edited entry, or a merge patch for it, in which masks stand for what is stored. A mask that nothing is stored for is
 * left out.
 */
export function unmask(kind: BlueprintKind, edited: Fields, stored: unknown): Fields {
  return secretPaths[kind].reduce(
    (fields, path) => changedAt(fields, path, (value) => (value === mask ? valueAt(stored, path) : value)),
    edited,
  );
}

/** Fields in which one value is changed, if it is there; undefined takes it out. */
function changedAt(fields: Fields, [key, ...below]: readonly string[], change: (value: unknown) => unknown): Fields {
  if (key === undefined || !Object.hasOwn(fields, key)) return fields;
  const { [key]: value, ...others } = fields;
  const changed = below.length === 0 ? change(value) : isRecord(value) ? changedAt(value, below, change) : value;
  return changed === undefined ? others : { ...fields, [key]: changed };
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, key) => (isRecord(at) && Object.hasOwn(at, key) ? at[key] : undefined), value);
}

function masked(value: unknown): unknown {
  return value === null ? null : mask;
}

const secretNames: ReadonlySet<string> = new Set(
  Object.values(secretPaths).flatMap((paths) => paths.flatMap((path) => path.slice(-1))),
);
const openCredentials: ReadonlySet<string> = new Set(["user", "extendedcompatibility"]);
const knownNames: ReadonlySet<string> = new Set(Object.values(kinds).flatMap(({ keys }) => namesIn(keys)));

function namesIn({ fields, items }: Keys): string[] {
  const below = [...(fields ?? [])].flatMap(([key, keys]) => [plainOf(key), ...namesIn(keys)]);
  return items ? [...below, ...namesIn(items)] : below;
}

const sections: ReadonlySet<string> = new Set([...blueprintKinds.flatMap(sectionsOf), "sites"]);
const deepest = 100;

/**
 * A raw document to be shown, whatever its shape: what is called like a secret, in any spelling, is masked wherever it
 * stands, in sections of older and of mistyped names too. niceIds may be called as they like.
 */
export function maskBlueprint(document: unknown): unknown {
  if (!isRecord(document)) return maskedBelow(document, 0);
  return mapped(document, (section, entries) =>
    sections.has(section) && isRecord(entries)
      ? mapped(entries, (_, entry) => maskedBelow(entry, 2))
      : maskedField(section, entries, 0),
  );
}

function maskedBelow(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth > deepest) return mask;
  if (Array.isArray(value)) return value.map((item) => maskedBelow(item, depth + 1));
  return isRecord(value) ? mapped(value, (key, item) => maskedField(key, item, depth)) : value;
}

function maskedField(key: string, value: unknown, depth: number): unknown {
  const plain = plainOf(key);
  if (secretNames.has(plain) || isMistypedSecret(key, plain)) return masked(value);
  // What should be a map and is none may be the secret itself, as `user:password` is.
  if (plain === "auth") return isRecord(value) ? maskedBelow(value, depth + 1) : masked(value);
  if (plain === "basicauth") return isRecord(value) ? mapped(value, maskedCredential) : masked(value);
  return maskedBelow(value, depth + 1);
}

/** Of a basic login only the user is shown, whatever the rest is called. */
function maskedCredential(key: string, value: unknown): unknown {
  return openCredentials.has(plainOf(key)) && !isRecord(value) && !Array.isArray(value) ? value : masked(value);
}

function isMistypedSecret(key: string, plain: string): boolean {
  return !knownNames.has(plain) && nearest(key, secretNames) !== undefined;
}

function mapped(fields: Fields, change: (key: string, value: unknown) => unknown): Fields {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, change(key, value)]));
}
