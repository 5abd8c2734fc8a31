import { type Clock, isoTime } from "../../world/clock.js";

const millionths = 1e6;

/**
 * The time of a frame: RFC 3339 with as many digits as there are, up to nanoseconds, as devices write it (PROTOCOLS C3, F). A
 * wall clock tells milliseconds; below them stand the monotonic clock's digits, which tell apart what happens in one.
 */
export function frameTime(clock: Pick<Clock, "now" | "monotonic">): string {
  const below = Math.floor((clock.monotonic() % 1) * millionths);
  const digits = isoTime(clock.now()).slice(0, -1) + String(below).padStart(6, "0");
  return `${digits.replace(/\.?0+$/, "")}Z`;
}
