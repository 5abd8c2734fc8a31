import { time } from "./numbers.js";
import type { Report } from "./schema.js";

/** A shorter wait for a turn says nothing. */
const heldBackFromMs = 1_000;

/** What there is to say of a phase beside its figures. */
export function notesOn({ heldBackMs = 0, note }: Report["phases"][number]): string[] {
  return [
    ...(heldBackMs >= heldBackFromMs
      ? [`Some boots waited up to ${time(heldBackMs)} for their turn; latencies count from the boot`]
      : []),
    ...(note ? [note] : []),
  ];
}
