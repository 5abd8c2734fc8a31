import type { Clock } from "../../../world/clock.js";
import type { Facts } from "../facts.js";
import type { Machine, SystemMetrics } from "../machine.js";

/** A machine that is only a description: it has all its memory free, does nothing, and runs since it was made. */
export class DescribedMachine implements Machine {
  readonly #started: number;

  constructor(
    private readonly described: Facts,
    private readonly clock: Pick<Clock, "monotonic">,
  ) {
    this.#started = clock.monotonic();
  }

  async facts(): Promise<Facts> {
    return this.described;
  }

  async metrics(): Promise<SystemMetrics> {
    const { hardware, network } = this.described;
    const memory = Math.round((hardware.ram_mb ?? 0) * 1024 * 1024);
    return {
      arch: hardware.arch ?? "",
      board_model: hardware.board_model ?? "",
      cpu: { usage_percent: 0 },
      hostname: network.hostname ?? "",
      load_avg: { "15min": 0, "1min": 0, "5min": 0 },
      memory: { available_bytes: memory, free_bytes: memory, percent: 0, total_bytes: memory, used_bytes: 0 },
      network: { rx_bytes: 0, tx_bytes: 0 },
      os: hardware.os ?? "",
      swap: { total_bytes: 0, used_bytes: 0 },
      temperature: 0,
      uptime: Math.floor((this.clock.monotonic() - this.#started) / 1_000),
    };
  }
}
