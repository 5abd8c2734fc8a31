import type { HealthCheck } from "../../../protocol/newt/health-check.js";
import type { BlueprintTarget, PublicResource } from "../../../provisioning/blueprint/index.js";
import type { TargetRow } from "../schema.js";

/** What a resource wants of the target at one position. */
export interface TargetWish {
  readonly position: number;
  readonly protocol: TargetRow["protocol"];
  /** Undefined: whatever is there stays as it is (PROTOCOLS B12). */
  readonly place: TargetPlace | undefined;
}

interface TargetPlace {
  readonly siteId: number;
  readonly host: string;
  readonly port: number;
  readonly enabled: boolean;
  /** Undefined: any free one. */
  readonly internalPort: number | undefined;
  /** JSON; null where nothing is checked. */
  readonly healthCheck: string | null;
}

/** The targets that a resource wants, position by position; `sites`: the site of each that there is. */
export function targetWishes({ mode, targets }: PublicResource, sites: readonly (number | undefined)[]): TargetWish[] {
  if (mode === "inference") return [];
  return targets.map((target, position) => {
    const siteId = sites[position];
    return {
      position,
      protocol: mode === "udp" ? "udp" : "tcp",
      place: target && siteId !== undefined ? placeOf(target, siteId) : undefined,
    };
  });
}

function placeOf(target: BlueprintTarget, siteId: number): TargetPlace {
  const { hostname: host, port, enabled, healthcheck, "internal-port": internalPort } = target;
  const check = healthcheck && checkOf(healthcheck);
  return { siteId, host, port, enabled, internalPort, healthCheck: check ? JSON.stringify(check) : null };
}

/** A check as newts are told of it; one that lacks something, or is switched off, they are not told of (PROTOCOLS A17). */
function checkOf(wish: NonNullable<BlueprintTarget["healthcheck"]>): HealthCheck | undefined {
  const { enabled, hostname, port, interval, mode, path, method, headers } = wish;
  const isWhole = hostname !== "" && interval !== 0 && (mode === "tcp" || (path !== "" && Boolean(method)));
  if (!enabled || !isWhole) return undefined;
  return {
    hcEnabled: true,
    hcPath: path,
    hcScheme: wish.scheme ?? null,
    hcMode: mode,
    hcHostname: hostname,
    hcPort: port,
    hcInterval: interval,
    hcUnhealthyInterval: wish["unhealthy-interval"],
    hcTimeout: wish.timeout,
    hcHeaders: headers.length === 0 ? null : Object.fromEntries(headers.map(({ name, value }) => [name, value])),
    hcFollowRedirects: wish["follow-redirects"],
    hcMethod: method ?? null,
    hcTlsServerName: null,
    hcStatus: wish.status ?? null,
    hcHealthyThreshold: wish["healthy-threshold"],
    hcUnhealthyThreshold: wish["unhealthy-threshold"],
  };
}
