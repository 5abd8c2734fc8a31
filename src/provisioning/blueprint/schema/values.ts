import { z } from "zod";

/** Values that several parts of a document have in common. What depends on other keys is in ../rules. */

export const Port = z.int().min(1).max(65_535);
export const Text = z.string().min(1);

/** Whether a text holds half a character, which would come back from a database as another. */
export function isBroken(text: string): boolean {
  return /\p{Cs}/u.test(text);
}

/** How long the name of an entry may be. */
export const longestNiceId = 255;

/** Names that are granted something; an empty one, as a template without its variable leaves it, grants nothing. */
export const Names = z.array(z.string()).default([]);

/** Words to find a resource by. Made on demand; case does not tell two apart. */
export const Labels = z
  .array(Text)
  .default([])
  .meta({ description: "Labels to find it by; missing ones are created. Upper and lower case are the same." });

const ports = 'must be "*" for all, "" for none, or a list such as "22,3389,8000-9000"';

/** `""`, `*`, or ports and ranges such as `22,3389,8000-9000`. */
export const PortList = z.string().refine(isPortList, ports);

function isPortList(value: string): boolean {
  const text = value.trim();
  return text === "" || text === "*" || text.split(",").every(isPortRange);
}

function isPortRange(part: string): boolean {
  const [, first, last] = /^\s*(\d{1,5})(?:\s*-\s*(\d{1,5}))?\s*$/.exec(part) ?? [];
  const from = Number(first);
  const to = Number(last ?? first);
  return from >= 1 && to <= 65_535 && from <= to;
}

/** The one way to write a list of ports. */
export function normalPorts(value: string): string {
  return value.replace(/\s+/g, "");
}

/** Without what is empty or there already. */
export function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].filter((value) => value !== "");
}

/** The role that everything is granted to in any case, so that no document may name it (PROTOCOLS B14). */
export const everywhereRole = "Admin";

/** Roles without the one that has access anyway. */
export function distinctRoles(roles: readonly string[]): string[] {
  return distinct(roles).filter((role) => role !== everywhereRole);
}

/** The first spelling of each label. */
export function distinctLabels(labels: readonly string[]): string[] {
  return [...new Map(labels.toReversed().map((label) => [label.toLowerCase(), label])).values()].toReversed();
}
