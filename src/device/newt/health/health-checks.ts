import { reasonOf } from "../../../error.js";
import type { HealthCheckTarget, HealthStatus } from "../../../protocol/newt/index.js";
import type { Alarm, Bell } from "../../../world/clock.js";
import { tidy } from "../../failure.js";
import type { Host } from "../../host.js";
import { Check } from "./check.js";
import { carriedOut, longestCheck } from "./config.js";
import type { Prober } from "./prober.js";

/** What a server may have of a site: checks, and looks at a time. */
const mostChecks = 1_000;
const mostUnderWay = 10;
/** First looks are spread over this, and findings told together that lie no further apart, milliseconds. */
const spreadMs = 1_000;

/** Is told that there is news of the checks. */
export interface HealthListener {
  report(): void;
}

/**
 * A site's health checks: looks at each when it is due, and keeps what was found (PROTOCOLS A17). One timer serves all of
 * them.
 */
export class HealthChecks implements Bell {
  readonly #checks = new Map<number, Check>();
  #alarm: Alarm | undefined;
  #underWay = 0;
  /** When news may be told next, and whether there are some. */
  #tellsAt = Number.NEGATIVE_INFINITY;
  #hasNews = false;

  /** `listener` hears of a first look, a status that changes, and a check that is removed or disabled. */
  constructor(
    private readonly host: Host,
    private readonly prober: Prober,
    private readonly listener: HealthListener,
  ) {}

  /** Adds checks, in the place of those of the same id. */
  add(targets: readonly HealthCheckTarget[]): void {
    const refused = targets.filter((target) => !this.#put(target)).length;
    if (refused > 0) this.#notice(refused);
    this.#arrange();
  }

  /** These are all the checks there are. */
  replace(targets: readonly HealthCheckTarget[]): void {
    const ids = new Set(this.#isSteady ? targets.map(({ id }) => id) : []);
    this.remove([...this.#checks.keys()].filter((id) => !ids.has(id)));
    this.add(targets);
  }

  remove(ids: readonly number[]): void {
    const removed = ids.filter((id) => this.#checks.delete(id));
    if (removed.length > 0) this.#tell();
    this.#arrange();
  }

  enable(id: number): void {
    this.#switch(id, true);
  }

  /** Looks at a check no more, and forgets what was found. */
  disable(id: number): void {
    if (this.#switch(id, false)) this.#tell();
  }

  /** What was found of all of them: the data of `newt/healthcheck/status`. */
  status(): { readonly targets: Readonly<Record<string, HealthStatus>> } {
    return { targets: Object.fromEntries([...this.#checks].map(([id, check]) => [id, check.told()])) };
  }

  /** Forgets all checks, without a word. */
  stop(): void {
    this.#checks.clear();
    this.#hasNews = false;
    this.#arrange();
  }

  /** A check is due, or news may be told. */
  ring(): void {
    const now = this.#now;
    if (this.#hasNews && this.#tellsAt <= now) this.#tell();
    const due = [...this.#checks.values()].filter(({ waits, dueAt }) => waits && dueAt <= now);
    due.sort((one, other) => one.dueAt - other.dueAt);
    for (const check of due.slice(0, mostUnderWay - this.#underWay)) void this.#look(check);
    this.#arrange();
  }

  get #now(): number {
    return this.host.world.clock.monotonic();
  }

  get #isSteady(): boolean {
    return this.host.persona.site.healthChecks === "steady";
  }

  /** Begins a check, or leaves alone one that goes on as it is. False if there is no room for it. */
  #put(target: HealthCheckTarget): boolean {
    const { id } = target;
    const known = this.#checks.get(id);
    const isOverlong = JSON.stringify(target).length > longestCheck;
    if ((!known && this.#checks.size >= mostChecks) || isOverlong) {
      this.#checks.delete(id);
      return false;
    }
    const config = carriedOut(target);
    if (!known || !this.#isSteady || !isSame(known.config, config)) this.#begin(config);
    return true;
  }

  #begin(config: HealthCheckTarget): void {
    const wait = this.#isSteady ? spreadMs * this.host.world.random.float() : 0;
    this.#checks.set(config.id, new Check(config, this.#now + wait));
  }

  /** True if that changed anything. */
  #switch(id: number, hcEnabled: boolean): boolean {
    const config = this.#checks.get(id)?.config;
    if (!config || config.hcEnabled === hcEnabled) return false;
    this.#begin({ ...config, hcEnabled });
    this.#arrange();
    return true;
  }

  async #look(check: Check): Promise<void> {
    check.underWay = true;
    this.#underWay += 1;
    const fault = await this.#faultOf(check.config);
    check.underWay = false;
    this.#underWay -= 1;
    // One that was removed or begun anew meanwhile is another's.
    if (this.#checks.get(check.config.id) === check) this.#found(check, fault);
    this.#arrange();
  }

  /** What is wrong with what a check is about; nothing if it is empty. */
  async #faultOf(config: HealthCheckTarget): Promise<string> {
    try {
      await this.prober.probe(config);
      return "";
    } catch (error) {
      return tidy(reasonOf(error)) || "failed";
    }
  }

  #found(check: Check, fault: string): void {
    const { isNew, status: before, config } = check;
    check.note(fault, this.host.world.clock.now());
    check.dueAt = this.#now + check.intervalMs;
    const { status } = check;
    if (status !== before) {
      this.host.emit({ type: "health", target: config.id, healthy: status === "healthy", detail: fault });
    }
    if (isNew || status !== before) this.#tell();
  }

  /** There is news: they are told now, or together with what else is found soon. */
  #tell(): void {
    const now = this.#now;
    this.#hasNews = now < this.#tellsAt;
    if (this.#hasNews) return;
    if (this.#isSteady) this.#tellsAt = now + spreadMs;
    this.listener.report();
  }

  /** Sets the one timer to what comes next. */
  #arrange(): void {
    let next = this.#hasNews ? this.#tellsAt : Number.POSITIVE_INFINITY;
    if (this.#underWay < mostUnderWay) {
      for (const { waits, dueAt } of this.#checks.values()) if (waits && dueAt < next) next = dueAt;
    }
    if (next === Number.POSITIVE_INFINITY) {
      this.#alarm?.cancel();
      return;
    }
    this.#alarm ??= this.host.world.clock.alarm(this);
    this.#alarm.set(Math.max(0, next - this.#now));
  }

  #notice(refused: number): void {
    const bounds = `a site carries out ${mostChecks} at most, of ${longestCheck} characters each`;
    const message = `health checks of the server that are left out: ${refused} (${bounds})`;
    this.host.emit({ type: "notice", message });
  }
}

function isSame(one: HealthCheckTarget, other: HealthCheckTarget): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
