import type { World } from "../../world/world.js";
import { textsOrNone } from "./json-list.js";
import type { Database, Tx } from "./schema.js";

/** What every part of the store works with. */
export interface StoreBase {
  readonly world: World;
  /** For queries outside a command. A command uses its transaction only: the connection is one. */
  readonly database: Database;
  /** Runs a command; resolves after the commit. */
  readonly command: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
  /** Runs one statement that reads, between commands. */
  readonly look: <T>(read: (tx: Tx) => Promise<T>) => Promise<T>;
  /** The key of all stored hashes of secrets. */
  readonly pepper: Buffer;
}

/** Who decides, for the audit, and in which organisation; undefined: in any. */
export interface Decider {
  readonly orgId: string | undefined;
  readonly address: string;
}

/** Who decides within one organisation. */
export interface OrgDecider extends Decider {
  readonly orgId: string;
}

/** A piece of a list, and how many items the whole has. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly total: number;
}

/** Which piece of a list. */
export interface Range {
  readonly limit: number;
  readonly offset: number;
}

export function timeOrNull(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

/** Milliseconds of an ISO time; "" and absent mean never. */
export function millisecondsOrNull(time: string | undefined): number | null {
  return time === undefined || time === "" ? null : Date.parse(time);
}

/** Labels as items show them: left out where there are none. */
export function shownLabels(stored: string): { readonly labels?: string[] } {
  const labels = textsOrNone(stored);
  return labels ? { labels } : {};
}
