import type { CheckedEntry } from "../entry.js";
import { type Finding, pathText } from "../finding.js";
import type { WrittenPrivateResource } from "../schema/private-resource.js";
import type { WrittenPublicResource } from "../schema/public-resource.js";
import { isRaw, modeOf } from "./mode.js";

type Entry<Written> = Pick<CheckedEntry<Written, unknown>, "path" | "sound">;

/** What entries of a document must not have in common, after older and newer sections became one (PROTOCOLS B11). */
export function publicDoubles(entries: readonly Entry<WrittenPublicResource>[]): Finding[] {
  return [...doubles(entries, "full-domain", ({ sound }) => sound["full-domain"]), ...portDoubles(entries)];
}

export function privateDoubles(entries: readonly Entry<WrittenPrivateResource>[]): Finding[] {
  return [
    ...doubles(entries, "full-domain", ({ sound }) => sound["full-domain"]),
    ...doubles(entries, "alias", ({ sound }) => sound.alias),
  ];
}

/** Names that two entries have. What differs in case only, a server takes and nobody can tell apart. */
function doubles<One extends Entry<unknown>>(
  entries: readonly One[],
  key: string,
  nameOf: (entry: One) => string | undefined,
): Finding[] {
  const same = new Map<string, One>();
  const alike = new Map<string, One>();
  return entries.flatMap((entry): Finding[] => {
    const name = nameOf(entry);
    if (!name) return [];
    const equal = taken(same, name, entry);
    const similar = taken(alike, name.toLowerCase(), entry);
    const path = [...entry.path, key];
    if (equal) return [{ level: "error", path, message: `${name} is used by ${pathText(equal.path)} already` }];
    if (!similar) return [];
    return [{ level: "warning", path, message: `differs in case only from that of ${pathText(similar.path)}` }];
  });
}

/** A Pangolin server overlooks that two ports are the same where `mode` is written instead of `protocol` (PROTOCOLS B11). */
function portDoubles(entries: readonly Entry<WrittenPublicResource>[]): Finding[] {
  const byProtocol = new Map<string, Entry<WrittenPublicResource>>();
  const byMode = new Map<string, Entry<WrittenPublicResource>>();
  return entries.flatMap((entry): Finding[] => {
    const { "proxy-port": port, protocol } = entry.sound;
    if (port === undefined) return [];
    const mode = modeOf(entry.sound);
    const declared = protocol && taken(byProtocol, `${protocol} ${port}`, entry);
    const effective = isRaw(mode) ? taken(byMode, `${mode} ${port}`, entry) : undefined;
    const other = declared ?? effective;
    const level = declared ? (effective ? "error" : "strict") : "warning";
    const message = `port ${port} is used by ${other && pathText(other.path)} already`;
    return other ? [{ level, path: [...entry.path, "proxy-port"], message }] : [];
  });
}

/** Who has a name already; nobody: it is the entry's from now on. */
function taken<One>(owners: Map<string, One>, name: string, entry: One): One | undefined {
  const owner = owners.get(name);
  if (owner === undefined) owners.set(name, entry);
  return owner;
}
