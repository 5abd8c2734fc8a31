import { counted, time } from "./numbers.js";
import type { Report, VirtualFacts } from "./schema.js";

/** How much virtual time passed in how much real time: `24 h 20 min of virtual time in 4.12 s`. */
export function timesOf({ virtualMs, tookMs }: VirtualFacts): string {
  return `${time(virtualMs)} of virtual time in ${time(tookMs)}`;
}

/** What happened in a virtual run, as numbers. */
export function traceOf({ hash, events }: VirtualFacts): string {
  return `${counted(events, "event")}, hash ${hash}`;
}

/** The command that repeats a run whose report lies in `file`. */
export function commandOf({ seed, virtual }: Report, file: string): string {
  return virtual ? `npx firstboot replay ${word(file)}` : `firstboot simulate SCENARIO --seed ${seed}`;
}

/** A word that a shell takes as it is. */
function word(text: string): string {
  return /^[\w./:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
