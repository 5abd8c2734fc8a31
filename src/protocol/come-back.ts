/** Close code of a server that starts anew, and of one that has too much to do (RFC 6455, the registry of close codes). */
export const closeCodes = { restarting: 1012, tryAgainLater: 1013 } as const;

const timed: ReadonlySet<number> = new Set(Object.values(closeCodes));

/** The reason of a close frame that sends a device away for a while. */
export function comeBackReason(why: string, seconds: number): string {
  return `${why}; retry after ${seconds} s`;
}

/** When a close frame asks a device to come back, milliseconds from now; undefined where it does not say. */
export function comeBackMs(code: number, reason: string): number | undefined {
  const [, seconds] = /; retry after (\d{1,6}) s$/.exec(reason) ?? [];
  return timed.has(code) && seconds !== undefined ? Number(seconds) * 1_000 : undefined;
}
