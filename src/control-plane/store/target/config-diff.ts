import type { HealthCheck, HealthCheckTarget } from "../../../protocol/newt/health-check.js";
import type { ServerType } from "../../../protocol/newt/messages.js";
import { fitsSync, targetText } from "../../../protocol/newt/target.js";

/** What a newt is to forward. */
export interface SiteTarget {
  readonly id: number;
  readonly protocol: "tcp" | "udp";
  readonly host: string;
  readonly port: number;
  /** Where the newt listens. */
  readonly internalPort: number;
  readonly healthCheck: HealthCheck | null;
}

/** All that a site's newt is to do. */
export interface SiteConfig {
  readonly targets: readonly SiteTarget[];
}

export interface ConfigMessage {
  readonly type: ServerType;
  readonly data: object;
}

/** What turns one config into another at a newt that has the first (PROTOCOLS A16, G3). Empty: they are the same. */
export function diffConfig(before: SiteConfig, after: SiteConfig): ConfigMessage[] {
  const [hadTcp, hadUdp, hadChecks] = [texts(before, "tcp"), texts(before, "udp"), checks(before)];
  const [tcp, udp, wanted] = [texts(after, "tcp"), texts(after, "udp"), checks(after)];
  const ids = [...hadChecks.keys()].filter((id) => !wanted.has(id));
  const targets = [...wanted.values()].filter((check) => !isSame(check, hadChecks.get(check.id)));
  // What goes comes first: its port may be given to another.
  const removals = [
    ...listed("newt/tcp/remove", without(hadTcp, tcp)),
    ...listed("newt/udp/remove", without(hadUdp, udp)),
    ...(ids.length > 0 ? [{ type: "newt/healthcheck/remove" as const, data: { ids } }] : []),
  ];
  const additions = [...listed("newt/tcp/add", without(tcp, hadTcp)), ...listed("newt/udp/add", without(udp, hadUdp))];
  const isChecked = additions.length > 0 || targets.length > 0;
  return [
    ...removals,
    ...additions,
    ...(isChecked ? [{ type: "newt/healthcheck/add" as const, data: { targets } }] : []),
  ];
}

/**
 * What gives a newt a config, whatever it has (PROTOCOLS A15). What `newt/sync` cannot name is removed by it, and so
 * comes after it.
 */
export function wholeConfig(config: SiteConfig): ConfigMessage[] {
  const { targets } = config;
  const fit = { targets: targets.filter(fitsSync) };
  const rest = { targets: targets.filter((target) => !fitsSync(target)) };
  return [
    {
      type: "newt/sync",
      data: {
        proxyTargets: { tcp: [...texts(fit, "tcp")], udp: [...texts(fit, "udp")] },
        healthCheckTargets: [...checks(config).values()],
        peers: [],
        clientTargets: [],
        certs: [],
        browserGatewayTargets: [],
        remoteExitNodeSubnets: [],
      },
    },
    ...listed("newt/tcp/add", [...texts(rest, "tcp")]),
    ...listed("newt/udp/add", [...texts(rest, "udp")]),
  ];
}

function listed(type: ServerType, targets: readonly string[]): ConfigMessage[] {
  return targets.length > 0 ? [{ type, data: { targets } }] : [];
}

function texts({ targets }: SiteConfig, protocol: SiteTarget["protocol"]): Set<string> {
  return new Set(targets.filter((target) => target.protocol === protocol).map(targetText));
}

function checks({ targets }: SiteConfig): Map<number, HealthCheckTarget> {
  return new Map(targets.flatMap(({ id, healthCheck }) => (healthCheck ? [[id, { id, ...healthCheck }]] : [])));
}

function without(some: ReadonlySet<string>, others: ReadonlySet<string>): string[] {
  return [...some].filter((text) => !others.has(text));
}

function isSame(one: HealthCheckTarget, other: HealthCheckTarget | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
