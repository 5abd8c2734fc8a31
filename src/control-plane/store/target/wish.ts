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
  readonly host: string;
  readonly port: number;
  readonly enabled: boolean;
  /** Undefined: any free one. */
  readonly internalPort: number | undefined;
  /** JSON; null where nothing is checked. */
  readonly healthCheck: string | null;
}

/** The targets that a resource wants, position by position. */
export function targetWishes({ mode, protocol, targets }: PublicResource): TargetWish[] {
  const effective = mode ?? protocol;
  if (effective === "inference") return [];
  return targets.map((target, position) => ({
    position,
    protocol: effective === "udp" ? "udp" : "tcp",
    place: target ? placeOf(target) : undefined,
  }));
}

function placeOf({
  hostname,
  port,
  enabled,
  healthcheck,
  "internal-port": internalPort,
}: BlueprintTarget): TargetPlace {
  const check = healthcheck && checkOf(healthcheck);
  return { host: hostname, port, enabled, internalPort, healthCheck: check ? JSON.stringify(check) : null };
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
    hcUnhealthyInterval: wish.unhealthyInterval ?? wish["unhealthy-interval"],
    hcTimeout: wish.timeout,
    hcHeaders: headers && Object.fromEntries(headers.map(({ name, value }) => [name, value])),
    hcFollowRedirects: wish["follow-redirects"] || wish.followRedirects === true,
    hcMethod: method ?? null,
    hcTlsServerName: null,
    hcStatus: wish.status ?? null,
    hcHealthyThreshold: wish["healthy-threshold"],
    hcUnhealthyThreshold: wish["unhealthy-threshold"],
  };
}
