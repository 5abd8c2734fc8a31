/** First wait for an acknowledgement and the longest, milliseconds (RFC 6298). */
const first = 200;
const longest = 60_000;

/** How long a sender waits before it sends again what it has sent again so many times, milliseconds. */
export function retransmissionMs(tries: number): number {
  return Math.min(longest, first * 2 ** tries);
}
