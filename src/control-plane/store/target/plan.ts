import { below, type Random } from "../../../world/random.js";
import type { TargetRow } from "../schema.js";
import type { TargetWish } from "./wish.js";

/** Where newts listen if nothing else is wished (PROTOCOLS A20). */
const ports = { first: 40_000, count: 25_535 } as const;

/** What a resource wants, and what it has. */
export interface ResourceTargets {
  readonly niceId: string;
  readonly wishes: readonly TargetWish[];
  readonly rows: readonly TargetRow[];
}

type Place = Pick<TargetRow, "position" | "protocol" | "host" | "port" | "enabled" | "health_check">;

/** A target as it is to be. */
export interface PlannedTarget extends Place {
  readonly niceId: string;
  /** As it is; undefined: it is new. */
  readonly row: TargetRow | undefined;
  readonly internal_port: number;
}

export interface TargetPlan {
  /** Ids of targets that nobody wants any more. */
  readonly removed: readonly number[];
  readonly targets: readonly PlannedTarget[];
}

interface Wanted {
  readonly niceId: string;
  readonly row: TargetRow | undefined;
  readonly place: Place;
  /** The port it keeps or asks for; undefined: a new one. */
  readonly port: number | undefined;
}

/**
 * How a site's targets become what a document's resources want. Targets are matched by position; one that leads somewhere
 * else gets a new internal port (PROTOCOLS B12). `occupied`: all internal ports of the site. A text says why it cannot be.
 */
export function planTargets(
  resources: readonly ResourceTargets[],
  occupied: Iterable<number>,
  random: Random,
): TargetPlan | string {
  const wanted = resources.flatMap(wantedOf);
  const gone = resources.flatMap(({ wishes, rows }) => rows.filter(({ position }) => position >= wishes.length));
  const taken = new Set(occupied);
  for (const { internal_port } of gone) taken.delete(internal_port);
  for (const { row } of wanted) if (row) taken.delete(row.internal_port);
  for (const { port, niceId } of wanted) {
    if (port === undefined) continue;
    if (taken.has(port)) return `the internal port ${port} of ${niceId} is in use at this site`;
    taken.add(port);
  }
  const targets: PlannedTarget[] = [];
  for (const { niceId, row, place, port = freePort(taken, random) } of wanted) {
    if (port === undefined) return "no internal port is free at this site";
    taken.add(port);
    targets.push({ ...place, niceId, row, internal_port: port });
  }
  return { removed: gone.map(({ id }) => id), targets };
}

function wantedOf({ niceId, wishes, rows }: ResourceTargets): Wanted[] {
  const byPosition = new Map(rows.map((row) => [row.position, row]));
  return wishes.flatMap(({ position, protocol, place }): Wanted[] => {
    const row = byPosition.get(position);
    if (!place) {
      if (!row) return [];
      return [
        { niceId, row, place: { ...row, protocol }, port: row.protocol === protocol ? row.internal_port : undefined },
      ];
    }
    const { host, port, enabled, internalPort, healthCheck } = place;
    const stays = row?.host === host && row.port === port && row.protocol === protocol;
    return [
      {
        niceId,
        row,
        place: { position, protocol, host, port, enabled: enabled ? 1 : 0, health_check: healthCheck },
        port: internalPort ?? (stays ? row.internal_port : undefined),
      },
    ];
  });
}

/** A port that is not taken, from a random one on. */
function freePort(taken: ReadonlySet<number>, random: Random): number | undefined {
  const start = below(random, ports.count);
  for (let step = 0; step < ports.count; step++) {
    const port = ports.first + ((start + step) % ports.count);
    if (!taken.has(port)) return port;
  }
  return undefined;
}
