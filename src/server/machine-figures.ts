import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Figure } from "../control-plane/figure.js";

/** How often the event loop is looked at, milliseconds. */
const resolution = 20;

const nanosecond = 1e-9;

/** What the machine knows of this process, under the names that dashboards for Node know. */
export interface MachineFigures {
  /** Delays of the event loop are those since the last call. */
  read(): readonly Figure[];
  end(): void;
}

export function machineFigures(): MachineFigures {
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  // What it measures is the time between its looks.
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds * nanosecond - resolution / 1_000);
  return {
    read: () => {
      const { rss, heapTotal, heapUsed, external } = process.memoryUsage();
      const { user, system } = process.cpuUsage();
      const figures: Figure[] = [
        { name: "process_resident_memory_bytes", help: "Memory that the process has in RAM", value: rss },
        { name: "nodejs_heap_size_total_bytes", help: "Size of the JavaScript heap", value: heapTotal },
        { name: "nodejs_heap_size_used_bytes", help: "What of it is in use", value: heapUsed },
        { name: "nodejs_external_memory_bytes", help: "Memory of objects outside of the heap", value: external },
        { name: "process_cpu_seconds_total", help: "CPU time", isCounter: true, value: (user + system) / 1e6 },
        { name: "process_uptime_seconds", help: "Time since the process began", value: process.uptime() },
        {
          name: "nodejs_eventloop_lag_p50_seconds",
          help: "Median delay of the event loop since the last scrape",
          value: late(delay.percentile(50)),
        },
        { name: "nodejs_eventloop_lag_p99_seconds", help: "99th percentile of it", value: late(delay.percentile(99)) },
        { name: "nodejs_eventloop_lag_max_seconds", help: "The longest of it", value: late(delay.max) },
      ];
      delay.reset();
      return figures;
    },
    end: () => void delay.disable(),
  };
}
