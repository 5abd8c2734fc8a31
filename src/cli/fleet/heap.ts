import { constants, type PerformanceEntry, PerformanceObserver } from "node:perf_hooks";
import { getHeapStatistics, setFlagsFromString } from "node:v8";

/** How often the heap is looked at, milliseconds. */
const lookEveryMs = 250;
/** Beyond so many times what lived after the last clean-up, the next one is due. */
const most = 1.5;

/**
 * Keeps the heap near what lives. V8 by itself cleans up at four times that, which is too much where ten thousand hosts
 * live, and its thrift takes a fifth of the time where there is nothing to clean up: so it is thrifty only when it should be.
 * Returns how to let it go.
 */
export function keepHeapSmall(): () => void {
  const used = (): number => getHeapStatistics().used_heap_size;
  let living = used();
  const observer = new PerformanceObserver((list) => {
    if (list.getEntries().some(isMajor)) living = used();
  });
  observer.observe({ entryTypes: ["gc"] });
  const timer = setInterval(() => {
    setFlagsFromString(used() > most * living ? "--optimize-for-size" : "--no-optimize-for-size");
  }, lookEveryMs);
  return () => {
    clearInterval(timer);
    setFlagsFromString("--no-optimize-for-size");
    observer.disconnect();
  };
}

function isMajor(entry: PerformanceEntry): boolean {
  const detail: unknown = Reflect.get(entry, "detail");
  const kind: unknown = typeof detail === "object" && detail !== null && "kind" in detail ? detail.kind : undefined;
  return kind === constants.NODE_PERFORMANCE_GC_MAJOR;
}
