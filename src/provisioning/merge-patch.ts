import { isRecord } from "./record.js";

/**
 * A JSON value after a merge patch (RFC 7396): objects are merged, null takes a key out, everything else replaces what was
 * there. Keys are data, whatever they are called: none reaches a prototype.
 */
export function mergePatch(value: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const merged = entriesOf(value);
  for (const [key, change] of Object.entries(patch)) {
    if (change === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key), change));
  }
  return Object.fromEntries(merged);
}

/**
 * The merge patch that makes one JSON object of another. A null that the other holds as the value of a key is a key less:
 * no merge patch can set it.
 */
export function mergePatchBetween(before: object, after: object): Record<string, unknown> {
  const wanted = entriesOf(after);
  const had = entriesOf(before);
  const patch = new Map<string, unknown>();
  for (const key of had.keys()) if (!wanted.has(key)) patch.set(key, null);
  for (const [key, value] of wanted) {
    const old = had.get(key);
    if (isRecord(old) && isRecord(value)) {
      const inner = mergePatchBetween(old, value);
      if (Object.keys(inner).length > 0) patch.set(key, inner);
    } else if (JSON.stringify(old) !== JSON.stringify(value)) {
      patch.set(key, value);
    }
  }
  return Object.fromEntries(patch);
}

function entriesOf(value: unknown): Map<string, unknown> {
  return new Map(isRecord(value) ? Object.entries(value) : []);
}
