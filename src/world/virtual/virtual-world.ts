import { type Random, seededRandom } from "../random.js";
import { VirtualHost } from "./host.js";
import { Internet } from "./internet.js";
import { type LinkProfile, linkProfiles } from "./link-profile.js";
import { Links } from "./links.js";
import { type RunLimits, Scheduler, type SchedulerOptions } from "./scheduler.js";

export interface VirtualWorldOptions extends SchedulerOptions {
  readonly seed: string | number;
  /** How hosts are connected unless they say otherwise. */
  readonly link?: LinkProfile;
}

/** Whom the trace names for what belongs to no host. */
export const worldItself = "the world";

const day = 86_400_000;
const usualLimits: RunLimits = { virtualMs: 60 * day, events: 1e10 };

/**
 * Hosts, their disks and the network between them under one seeded scheduler. What runs in it is production code: only
 * its World differs. The same seed gives the same run, to the byte.
 *
 * @example
 * const virtual = new VirtualWorld({ seed: 7 });
 * await virtual.run(async () => {
 *   const world = virtual.host("box").boot();
 *   await world.clock.sleep(86_400_000); // a day, at once
 * });
 */
export class VirtualWorld {
  readonly random: Random;
  readonly #scheduler: Scheduler;
  readonly #internet = new Internet();
  readonly #links = new Links();
  readonly #hosts = new Map<string, VirtualHost>();
  readonly #link: LinkProfile;

  constructor({ seed, link = linkProfiles.lan, ...options }: VirtualWorldOptions) {
    this.random = seededRandom(seed);
    this.#scheduler = new Scheduler(options);
    this.#link = link;
  }

  /** Milliseconds of virtual time since the start. */
  get now(): number {
    return this.#scheduler.now;
  }

  /** Messages delivered and timers fired so far. */
  get events(): number {
    return this.#scheduler.trace.events;
  }

  /** What happened so far, as 16 hexadecimal digits. */
  get hash(): string {
    return this.#scheduler.trace.hash;
  }

  /** The host of a name, made when it is first named. */
  host(name: string, link: LinkProfile = this.#link): VirtualHost {
    let host = this.#hosts.get(name);
    if (!host) {
      const random = this.random.fork(`host/${name}`);
      const index = this.#hosts.size + 1;
      host = new VirtualHost(name, index, this.#scheduler, random, this.#links, link, this.#internet);
      this.#hosts.set(name, host);
    }
    return host;
  }

  /** Calls `fn` in so many milliseconds of virtual time, whatever lives or dies meanwhile. */
  after(ms: number, fn: () => void): void {
    this.#scheduler.after(ms, { fire: fn });
  }

  /** Tells readers of the trace something that belongs to no host; the hash does not know of it. */
  tell(what: string): void {
    const { trace, now } = this.#scheduler;
    trace.tell?.({ at: now, host: worldItself, what });
  }

  /** A signal that aborts within, when one of the outside has. */
  mirror(outer: AbortSignal): AbortSignal {
    return this.#scheduler.mirror(outer);
  }

  /** Runs something of the outside, such as a progress display, from within. */
  outside<T>(act: () => T): T {
    return this.#scheduler.outside(act);
  }

  /**
   * Runs `main` and all that it sets going until `main` settles; what goes on then stands still until the next run.
   * Rejects as `main` does, with FB9002 where something touched the machine instead of its World, and with FB9003 where
   * everything waits for ever or a limit is reached.
   */
  async run<T>(main: () => Promise<T>, limits: Partial<RunLimits> = {}): Promise<T> {
    let outcome: { readonly value: T } | { readonly error: unknown } | undefined;
    this.#scheduler.after(0, {
      fire: () => {
        main().then(
          (value) => {
            outcome = { value };
          },
          (error: unknown) => {
            outcome = { error };
          },
        );
      },
    });
    await this.#scheduler.run(() => outcome !== undefined, { ...usualLimits, ...limits });
    if (!outcome) throw new Error("a run ended without an outcome");
    if ("error" in outcome) throw outcome.error;
    return outcome.value;
  }
}
