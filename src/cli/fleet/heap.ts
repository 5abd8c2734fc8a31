import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** How often the heap is looked at, milliseconds. */
const lookEveryMs = 250;
/** Beyond so many times what lived after the last clean-up, the next one is due. */
const most = 1.3;

/**
 * Keeps the heap near what lives: V8 by itself cleans up at four times that, which is too much where ten thousand hosts
 * live. Nor do errors keep stacks meanwhile: a fleet that reconnects makes hundreds of thousands that nobody reads.
 * Returns how to let it go.
 */
export function keepHeapSmall(): () => void {
  const cleanUp = collector();
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const used = (): number => getHeapStatistics().used_heap_size;
  let living = used();
  const timer = setInterval(() => {
    if (used() <= most * living) return;
    cleanUp();
    living = used();
  }, lookEveryMs);
  return () => {
    clearInterval(timer);
    Error.stackTraceLimit = stackTraceLimit;
  };
}

/** V8's own clean-up, which scripts see only where it is asked for. */
function collector(): () => void {
  setFlagsFromString("--expose-gc");
  const gc: unknown = runInNewContext("gc");
  setFlagsFromString("--no-expose-gc");
  return () => {
    if (typeof gc === "function") gc();
  };
}
