import type { World } from "../world.js";
import type { BootOptions, VirtualHost } from "./host.js";
import type { VirtualWorld } from "./virtual-world.js";

export interface SupervisorPolicy extends BootOptions {
  /** How long after the end of its process a host starts the next, milliseconds. */
  readonly restartAfterMs: number | (() => number);
  /** Starts no more than this many. */
  readonly lives?: number;
}

/** Starts a host's next process when one ends, until it is told to stop. */
export interface Supervisor {
  /** How many processes were started. */
  readonly lives: number;
  /** Starts no more, and leaves the one that runs. */
  stop(): void;
}

/**
 * Runs `main` in a process of a host, and again in a new one whenever that ends by `kill` or power loss. A `main` that
 * returns leaves its process alive; one that rejects while its process lives fails the run.
 */
export function supervise(
  virtual: VirtualWorld,
  host: VirtualHost,
  main: (world: World) => Promise<unknown>,
  { restartAfterMs, lives: most = Number.POSITIVE_INFINITY, ...options }: SupervisorPolicy,
): Supervisor {
  let lives = 0;
  let stopped = false;

  function boot(): void {
    if (stopped) return;
    lives += 1;
    const world = host.boot(options);
    world.process.holds(() => {
      const wait = typeof restartAfterMs === "number" ? restartAfterMs : restartAfterMs();
      if (!stopped && lives < most) virtual.after(wait, boot);
    });
    main(world).catch((error: unknown) => {
      if (world.process.alive) virtual.after(0, () => fail(error));
    });
  }

  function fail(error: unknown): void {
    throw error;
  }

  boot();
  return {
    get lives() {
      return lives;
    },
    stop: () => {
      stopped = true;
    },
  };
}
