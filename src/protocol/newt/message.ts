import { z } from "zod";

const longestType = 100;

/** A text frame on the channel (PROTOCOLS A9). */
export const NewtMessage = z.object({
  type: z.string().min(1).max(longestType),
  data: z.unknown(),
  configVersion: z.number().int().optional(),
});
export type NewtMessage = z.infer<typeof NewtMessage>;

const escapes: Readonly<Record<string, string>> = { "<": "\\u003c", ">": "\\u003e", "&": "\\u0026" };

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  if (entries.every(isSortedLeaf)) return value;
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sortKeys(inner)]));
}

/** Most messages are flat and in order as they are. */
function isSortedLeaf(
  [key, inner]: readonly [string, unknown],
  index: number,
  all: readonly [string, unknown][],
): boolean {
  return typeof inner !== "object" && (index === 0 || (all[index - 1]?.[0] ?? "") < key);
}

function escaped(json: string): string {
  return json.replace(/[<>&]/g, (character) => escapes[character] ?? character);
}

/** JSON as newt writes it: keys in order at every depth, `<`, `>` and `&` escaped (PROTOCOLS F). */
export function jsonAsNewt(value: unknown): string {
  return escaped(JSON.stringify(sortKeys(value)));
}

/** A frame as newt writes it: keys of `data` in order, `<`, `>` and `&` escaped, a newline at the end (PROTOCOLS A9). */
export function encodeAsNewt({ type, data, configVersion }: NewtMessage): string {
  const frame = { type, data: sortKeys(data), ...(configVersion !== undefined && { configVersion }) };
  return `${escaped(JSON.stringify(frame))}\n`;
}

/** A frame, or undefined if the text is not one. */
export function decodeMessage(text: string): NewtMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isMessage(value) ? value : undefined;
}

/** What `NewtMessage` says, by hand: a server reads a thousand heartbeats for each message of another kind. */
function isMessage(value: unknown): value is NewtMessage {
  if (typeof value !== "object" || value === null || !("type" in value && "data" in value)) return false;
  const { type } = value;
  if (typeof type !== "string" || type.length === 0 || type.length > longestType) return false;
  const configVersion = "configVersion" in value ? value.configVersion : undefined;
  return configVersion === undefined || Number.isSafeInteger(configVersion);
}
