import { z } from "zod";
import { isRecord } from "../record.js";
import type { Finding, Path } from "./finding.js";
import { nearest } from "./nearest.js";
import { bareShape } from "./shape.js";

/** The keys that a schema knows, and those below them. */
export interface Keys {
  readonly fields?: ReadonlyMap<string, Keys>;
  readonly items?: Keys;
}

/** What a shape of a document knows; records of entries know no keys of their own. */
export function keysOf(shape: z.core.$ZodType): Keys {
  const bare = bareShape(shape);
  if (bare instanceof z.ZodArray) return { items: keysOf(bare.element) };
  if (!(bare instanceof z.ZodObject)) return {};
  return { fields: new Map(Object.entries(bare.shape).map(([key, field]) => [key, keysOf(field)])) };
}

/** So many unknown keys of a place are compared with the known ones; whoever has more has not mistyped one. */
const mostCompared = 16;

/** A warning for each key that is not known and therefore lost (PROTOCOLS B2, D3 40). */
export function unknownKeys(keys: Keys, value: unknown, path: Path): Finding[] {
  const { fields, items } = keys;
  if (items && Array.isArray(value)) return value.flatMap((item, index) => unknownKeys(items, item, [...path, index]));
  if (!fields || !isRecord(value)) return [];
  let compared = 0;
  return Object.entries(value).flatMap(([key, below]): Finding[] => {
    const known = fields.get(key);
    if (known) return unknownKeys(known, below, [...path, key]);
    const meant = compared++ < mostCompared ? nearest(key, fields.keys()) : undefined;
    const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
    return [
      {
        level: "warning",
        path: [...path, key],
        at: "key",
        message: `is not a key of this place and has no effect${hint}`,
      },
    ];
  });
}
