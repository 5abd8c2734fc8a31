import { getHeapStatistics, setFlagsFromString } from "node:v8";

/** How often the heap is looked at, milliseconds. */
const lookEveryMs = 250;
/** Looks that are remembered: the least of them is about what lives. */
const remembered = 24;
/** Beyond so many times what lives, the heap is cleaned up. */
const most = 1.5;

/**
 * Keeps the heap near what lives. V8 by itself cleans up at four times that, which is too much where ten thousand hosts
 * live, and its thrift takes a fifth of the time where there is nothing to clean up: so it is thrifty only when it should be.
 * Returns how to let it go.
 */
export function keepHeapSmall(): () => void {
  const used: number[] = [];
  const timer = setInterval(() => {
    const now = getHeapStatistics().used_heap_size;
    used.push(now);
    if (used.length > remembered) used.shift();
    setFlagsFromString(now > most * Math.min(...used) ? "--optimize-for-size" : "--no-optimize-for-size");
  }, lookEveryMs);
  return () => clearInterval(timer);
}
