import type { HealthCheckTarget, HealthStatus } from "../../../protocol/newt/index.js";
import { isoTime } from "../../../world/clock.js";

/** What newt says of a check that it has not looked at: its time's zero. */
const neverAt = "0001-01-01T00:00:00Z";

/** One check and what was found of it. */
export class Check {
  status: HealthStatus["status"] = "unknown";
  /** The last look goes on. */
  underWay = false;
  #count = 0;
  /** Wall time of the last look's end, milliseconds. */
  #lookedAt = 0;
  #lastError = "";
  /** How many of the last looks came to the same. */
  #alike = 0;

  /** @param dueAt when it is to be looked at next, on the monotonic clock. */
  constructor(
    readonly config: HealthCheckTarget,
    public dueAt: number,
  ) {}

  /** Whether it waits for its time. */
  get waits(): boolean {
    return this.config.hcEnabled && !this.underWay;
  }

  /** Nobody has looked yet. */
  get isNew(): boolean {
    return this.#count === 0;
  }

  /** Milliseconds from one look to the next. */
  get intervalMs(): number {
    const { hcInterval, hcUnhealthyInterval } = this.config;
    return 1_000 * (this.status === "unhealthy" ? hcUnhealthyInterval : hcInterval);
  }

  /** Takes what a look has found: nothing wrong, if `fault` is empty. */
  note(fault: string, now: number): void {
    const { hcHealthyThreshold, hcUnhealthyThreshold } = this.config;
    const isWell = fault === "";
    const isAsBefore = !this.isNew && isWell === (this.#lastError === "");
    this.#alike = isAsBefore ? this.#alike + 1 : 1;
    this.#count += 1;
    this.#lookedAt = now;
    this.#lastError = fault;
    if (this.#alike >= (isWell ? hcHealthyThreshold : hcUnhealthyThreshold)) {
      this.status = isWell ? "healthy" : "unhealthy";
    }
  }

  told(): HealthStatus {
    return {
      status: this.status,
      lastCheck: this.isNew ? neverAt : isoTime(this.#lookedAt),
      checkCount: this.#count,
      lastError: this.#lastError,
      config: this.config,
    };
  }
}
