/** Milliseconds that `Retry-After` asks for, written in seconds or as a date. */
export function retryAfterMs(written: string | undefined, now: number): number | undefined {
  const value = written?.trim();
  if (!value) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
