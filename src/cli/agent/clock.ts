/** No clock that runs can be before this. */
const released = Date.UTC(2026, 0, 1);

/** What is to be said of a wall clock that is not set, as on a board without a battery; undefined if nothing is. */
export function clockWarning(now: Date): string | undefined {
  if (now.getTime() >= released) return undefined;
  return `the clock says ${now.toISOString().slice(0, 10)}: until it is set, TLS fails since certificates seem not to be valid yet`;
}
