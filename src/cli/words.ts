const units = [
  ["years", 365 * 86_400_000],
  ["days", 86_400_000],
  ["hours", 3_600_000],
  ["minutes", 60_000],
  ["seconds", 1_000],
] as const;

/** `1 day`, `2 days`: a count of what is named in the plural. */
export function counted(count: number, unit: string): string {
  return `${count} ${count === 1 ? unit.slice(0, -1) : unit}`;
}

/** A length of time, roughly: in the largest unit of which there are two. */
function span(milliseconds: number): string {
  const [unit, size] = units.find(([, length]) => milliseconds >= 2 * length) ?? ["seconds", 1_000];
  return counted(Math.round(milliseconds / size), unit);
}

/** A setting in whole seconds, exactly: in the largest unit that it is made of; undefined if it is unset. */
export function settingInWords(seconds: number | undefined): string | undefined {
  if (seconds === undefined) return undefined;
  const [unit, size] = units.find(([, length]) => (seconds * 1_000) % length === 0) ?? ["seconds", 1_000];
  return counted((seconds * 1_000) / size, unit);
}

/** A moment as seen from now: `in 6 days`, `2 hours ago`; `never` if there is none. */
export function timeInWords(time: string | null | undefined, now = Date.now()): string {
  if (time === null || time === undefined) return "never";
  const ahead = Date.parse(time) - now;
  if (Math.abs(ahead) < 1_000) return "now";
  return ahead > 0 ? `in ${span(ahead)}` : `${span(-ahead)} ago`;
}

/** A moment and how far it is. */
export function timeAndWords(time: string | null | undefined): string {
  return time === null || time === undefined ? "never" : `${time} (${timeInWords(time)})`;
}

/** Uses against their limit: `3 of 25`, or `3, unlimited`. */
export function usesInWords(used: number, limit: number | null): string {
  return limit === null ? `${used}, unlimited` : `${used} of ${limit}`;
}
