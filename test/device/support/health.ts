import { Host } from "../../../src/device/host.js";
import type { DeviceEvent } from "../../../src/device/index.js";
import { HealthChecks } from "../../../src/device/newt/health/health-checks.js";
import type { Prober } from "../../../src/device/newt/health/prober.js";
import { hardened, type Persona } from "../../../src/device/persona.js";
import { HealthCheckTarget } from "../../../src/protocol/newt/index.js";
import type { Alarm, Bell, Clock } from "../../../src/world/clock.js";
import { VirtualWorld } from "../../../src/world/virtual/index.js";
import type { World } from "../../../src/world/world.js";

/** A check as a server orders it; what is not given has its default. */
export function check(id: number, parts: Partial<HealthCheckTarget> = {}): HealthCheckTarget {
  return HealthCheckTarget.parse({ id, hcEnabled: true, hcHostname: "shop", hcPort: 80, hcPath: "/", ...parts });
}

/** Finds what a test says, and takes as long as it says. */
export class ScriptedProber implements Prober {
  /** What is wrong with each target; nothing if it is empty or absent. */
  readonly faults = new Map<number, string>();
  /** Each look: when it began, at which target. */
  readonly looks: { readonly at: number; readonly id: number }[] = [];
  underWay = 0;
  mostUnderWay = 0;
  tookMs = 0;

  constructor(private readonly world: World) {}

  async probe({ id }: HealthCheckTarget): Promise<void> {
    const { clock } = this.world;
    this.looks.push({ at: clock.monotonic(), id });
    this.mostUnderWay = Math.max(this.mostUnderWay, ++this.underWay);
    if (this.tookMs > 0) await clock.sleep(this.tookMs);
    this.underWay -= 1;
    const fault = this.faults.get(id);
    if (fault) throw new Error(fault);
  }

  /** When looks at a target began. */
  times(id: number): number[] {
    return this.looks.filter((look) => look.id === id).map(({ at }) => at);
  }
}

/** The timers of a World: how many were made, and whether the last one is set. */
class Timers {
  made = 0;
  isSet = false;

  counting(world: World): World {
    const { clock } = world;
    const counted: Clock = {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      sleep: (ms, signal) => clock.sleep(ms, signal),
      turn: () => clock.turn(),
      after: (ms, ring) => this.#made(clock.after(ms, ring)),
      alarm: (bell) => this.#alarm(clock, bell),
    };
    return { ...world, clock: counted };
  }

  #alarm(clock: Clock, bell: Bell): Alarm {
    const ring = (): void => {
      this.isSet = false;
      bell.ring();
    };
    const alarm = this.#made(clock.alarm({ ring }));
    return {
      set: (ms) => {
        this.isSet = true;
        alarm.set(ms);
      },
      cancel: () => {
        this.isSet = false;
        alarm.cancel();
      },
    };
  }

  #made<T>(timer: T): T {
    this.made += 1;
    return timer;
  }
}

export interface HealthStage {
  readonly timers: Timers;
  readonly checks: HealthChecks;
  readonly prober: ScriptedProber;
  readonly events: DeviceEvent[];
  /** What was told: when, and the status of each check by its id. */
  readonly reports: { readonly at: number; readonly found: Readonly<Record<string, string>> }[];
  sleep(ms: number): Promise<void>;
}

/** Runs a trial with health checks in virtual time. */
export function withChecks<T>(trial: (stage: HealthStage) => Promise<T>, persona: Persona = hardened): Promise<T> {
  const virtual = new VirtualWorld({ seed: 5 });
  return virtual.run(async () => {
    const world = virtual.host("box").boot();
    const events: DeviceEvent[] = [];
    const reports: HealthStage["reports"] = [];
    const prober = new ScriptedProber(world);
    const timers = new Timers();
    const host = new Host(timers.counting(world), persona, (event) => events.push(event));
    const report = (): void => {
      reports.push({ at: world.clock.monotonic(), found: statuses(checks) });
    };
    const checks = new HealthChecks(host, prober, { report });
    return trial({ checks, prober, timers, events, reports, sleep: (ms) => world.clock.sleep(ms) });
  });
}

/** The status of each check by its id. */
export function statuses(checks: HealthChecks): Record<string, string> {
  return Object.fromEntries(Object.entries(checks.status().targets).map(([id, { status }]) => [id, status]));
}

/** Milliseconds between each and the next. */
export function gaps(times: readonly number[]): number[] {
  return times.slice(1).map((time, index) => Math.round(time - (times[index] ?? 0)));
}
