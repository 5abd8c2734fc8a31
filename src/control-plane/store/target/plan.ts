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

/** What a row says beside its resource and what a newt found. */
const placeColumns = ["site_id", "protocol", "host", "port", "internal_port", "enabled", "health_check"] as const;
type Place = Pick<TargetRow, (typeof placeColumns)[number]>;

/** A target that is to be otherwise than it is. */
export interface PlannedTarget extends Place {
  readonly niceId: string;
  readonly position: number;
  /** As it is; undefined: it is new. */
  readonly row: TargetRow | undefined;
}

export interface TargetPlan {
  /** Targets that nobody wants any more. */
  readonly removed: readonly TargetRow[];
  /** Those that change; what stays as it is is not among them. */
  readonly targets: readonly PlannedTarget[];
}

interface Wanted extends Pick<PlannedTarget, "niceId" | "position" | "row"> {
  readonly place: Omit<Place, "internal_port">;
  /** The port it keeps or asks for; undefined: a new one. */
  readonly port: number | undefined;
}

/** The internal ports of sites: each of them is one newt's. */
class Ports {
  readonly #taken: ReadonlyMap<number, Set<number>>;

  constructor(occupied: ReadonlyMap<number, readonly number[]>) {
    this.#taken = new Map([...occupied].map(([siteId, taken]) => [siteId, new Set(taken)]));
  }

  free({ site_id, internal_port }: TargetRow): void {
    this.#taken.get(site_id)?.delete(internal_port);
  }

  /** False: it is taken. */
  take(siteId: number, port: number): boolean {
    const taken = this.#taken.get(siteId);
    if (taken?.has(port)) return false;
    taken?.add(port);
    return true;
  }

  /** Takes one that is free, from a random one on. */
  takeAny(siteId: number, random: Random): number | undefined {
    const start = below(random, ports.count);
    for (let step = 0; step < ports.count; step++) {
      const port = ports.first + ((start + step) % ports.count);
      if (this.take(siteId, port)) return port;
    }
    return undefined;
  }
}

/**
 * How targets become what a document's resources want. They are matched by position; one that leads somewhere else, or to
 * another site, gets a new internal port (PROTOCOLS B12). `occupied`: all internal ports of every site that is concerned.
 * `reach`: the only site whose targets may go for want of a wish; undefined: any. A text says why it cannot be.
 */
export function planTargets(
  resources: readonly ResourceTargets[],
  occupied: ReadonlyMap<number, readonly number[]>,
  reach: number | undefined,
  random: Random,
): TargetPlan | string {
  const taken = new Ports(occupied);
  const wanted = resources.flatMap(wantedOf);
  const removed = resources.flatMap(({ wishes, rows }) =>
    rows.filter(({ position, site_id }) => position >= wishes.length && (reach ?? site_id) === site_id),
  );
  for (const row of removed) taken.free(row);
  for (const { row } of wanted) if (row) taken.free(row);
  for (const { port, niceId, place } of wanted) {
    if (port !== undefined && !taken.take(place.site_id, port))
      return `the internal port ${port} of ${niceId} is in use at this site`;
  }
  const targets: PlannedTarget[] = [];
  for (const { place, port, ...of } of wanted) {
    const internal_port = port ?? taken.takeAny(place.site_id, random);
    if (internal_port === undefined) return "no internal port is free at this site";
    const target = { ...of, ...place, internal_port };
    if (!isThere(target)) targets.push(target);
  }
  return { removed, targets };
}

function wantedOf({ niceId, wishes, rows }: ResourceTargets): Wanted[] {
  const byPosition = new Map(rows.map((row) => [row.position, row]));
  return wishes.flatMap(({ position, protocol, place }): Wanted[] => {
    const row = byPosition.get(position);
    if (!place) {
      if (!row) return [];
      const port = row.protocol === protocol ? row.internal_port : undefined;
      return [{ niceId, position, row, place: { ...row, protocol }, port }];
    }
    const { siteId: site_id, host, port, enabled, internalPort, healthCheck: health_check } = place;
    const stays = row?.host === host && row.port === port && row.protocol === protocol && row.site_id === site_id;
    return [
      {
        niceId,
        position,
        row,
        place: { site_id, protocol, host, port, enabled: enabled ? 1 : 0, health_check },
        port: internalPort ?? (stays ? row.internal_port : undefined),
      },
    ];
  });
}

function isThere(target: PlannedTarget): boolean {
  return placeColumns.every((name) => target.row?.[name] === target[name]);
}
