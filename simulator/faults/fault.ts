import { z } from "zod";
import type { Random } from "../../src/world/random.js";
import type { VirtualHost, VirtualWorld } from "../../src/world/virtual/index.js";

/** What a fault befalls. */
export interface Ground {
  readonly virtual: VirtualWorld;
  readonly plane: {
    readonly host: VirtualHost;
    /** Ends it, by `kill -9` or with its host's power, for so many milliseconds; one that is down stays as it is. */
    crash(downMs: number, power: boolean): void;
  };
  /** The devices' hosts, in the order of the scenario. */
  readonly devices: readonly VirtualHost[];
  /** This fault's own chance. */
  readonly random: Random;
}

/** A kind of trouble: how a scenario writes it, and what it does when its moment comes. */
export interface FaultKind<S extends z.ZodType> {
  readonly schema: S;
  /** Begins it; what ends does so by itself. */
  begin(fault: z.output<S>, ground: Ground): void;
}

export function faultKind<S extends z.ZodType>(kind: FaultKind<S>): FaultKind<S> {
  return kind;
}

/** A share of the devices, such as 0.25. */
export const Share = z.number().gt(0).max(1).default(1);

/** That many of the devices, drawn by chance; at least one. */
export function drawn({ devices, random }: Ground, share: number): VirtualHost[] {
  const count = Math.max(1, Math.round(devices.length * share));
  return devices
    .map((host) => ({ host, lot: random.float() }))
    .sort((a, b) => a.lot - b.lot)
    .slice(0, count)
    .map(({ host }) => host);
}

/**
 * Something that is wrong with hosts for a while. Where two overlap on a host, each lasts its own time; where they
 * contradict, the later counts.
 */
export class Condition {
  readonly #changes = new WeakMap<VirtualHost, readonly (() => void)[]>();

  /** @param calm puts a host as it is when nothing is wrong. */
  constructor(private readonly calm: (host: VirtualHost) => void) {}

  /** Befalls hosts for `ms`: `changeOf` gives what makes the change in a host, as often as it is called. */
  befall({ virtual }: Ground, hosts: readonly VirtualHost[], ms: number, changeOf: (host: VirtualHost) => () => void) {
    for (const host of hosts) {
      const change = changeOf(host);
      this.#set(host, [...this.#on(host), change]);
      virtual.after(ms, () =>
        this.#set(
          host,
          this.#on(host).filter((other) => other !== change),
        ),
      );
    }
  }

  #on(host: VirtualHost): readonly (() => void)[] {
    return this.#changes.get(host) ?? [];
  }

  #set(host: VirtualHost, changes: readonly (() => void)[]): void {
    this.#changes.set(host, changes);
    this.calm(host);
    for (const change of changes) change();
  }
}
