import { z } from "zod";
import type { Random } from "../../src/world/random.js";
import type { VirtualHost, VirtualWorld } from "../../src/world/virtual/index.js";

/** What a fault befalls. */
export interface Ground {
  readonly virtual: VirtualWorld;
  readonly plane: {
    readonly host: VirtualHost;
    /** How long it stays down after its next death, milliseconds. */
    downtimeMs: number;
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

/** Changes something about hosts for a while. Where two of a kind overlap, both end when the first does. */
export function forAWhile(
  { virtual }: Ground,
  hosts: readonly VirtualHost[],
  ms: number,
  change: (host: VirtualHost) => () => void,
): void {
  const undo = hosts.map(change);
  virtual.after(ms, () => {
    for (const back of undo) back();
  });
}
