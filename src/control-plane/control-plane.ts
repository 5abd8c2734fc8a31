import type { SqliteDatabase } from "kysely";
import { FirstbootError } from "../error.js";
import type { Cidr } from "../provisioning/cidr.js";
import { splitKey } from "../provisioning/credentials.js";
import { version as packageVersion } from "../version.js";
import type { Listener } from "../world/network.js";
import type { World } from "../world/world.js";
import { Admission } from "./admission.js";
import { dispatchAlerts } from "./alerts/watch.js";
import { Allowances } from "./channel/allowance.js";
import { Presence } from "./channel/presence.js";
import { drain } from "./drain.js";
import { FailureLimit } from "./failure-limit.js";
import type { Figure } from "./figure.js";
import { keepHouse } from "./housekeeping.js";
import { createApp } from "./http/app.js";
import { edge } from "./http/edge.js";
import { upgrades } from "./http/upgrades.js";
import { Metrics } from "./metrics.js";
import { Pace } from "./pace.js";
import type { Services } from "./services.js";
import { createStore } from "./store/store.js";

export interface ControlPlaneOptions {
  readonly world: World;
  /** Opened by `openSqlite`; the control plane closes it. */
  readonly database: SqliteDatabase;
  /** 32 bytes, the same for as long as the database lives: no stored secret can be checked without it. */
  readonly pepper: Buffer;
  /** The organisation that all belongs to; `default` if absent. */
  readonly org?: string;
  /** `<id>.<secret>`: a key for the integration API. */
  readonly apiKey: string;
  /** The version that the server tells its devices; this package's if absent. */
  readonly version?: string;
  /** Proxies whose `X-Forwarded-For` is taken for true; none if absent. */
  readonly trustProxy?: readonly Cidr[];
  /** Connections that its server takes at a time, which is told to operators; unknown if absent. */
  readonly connectionLimit?: number;
  /** What the machine knows of the server's process, for `/metrics`; nothing if absent. */
  readonly machine?: () => readonly Figure[];
}

/** A running control plane; any network can carry it. */
export interface ControlPlane extends Listener {
  /** Every route that it answers; parameters are written `:name`. */
  readonly routes: readonly { readonly method: string; readonly path: string }[];
  /**
   * Lets nobody in any more, and closes channels one after the other over so many milliseconds, each with a word on when to
   * come back. Before `close`, which does not wait for anybody.
   */
  drain(ms: number): Promise<void>;
  /** Says goodbye to every channel, finishes what was begun and closes the database. */
  close(): Promise<void>;
}

/**
 * Starts a control plane on its database. Throws FB1001 for an organisation, API key or pepper without its form, FB1010
 * for ones that the database was not made with.
 */
export async function createControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const { world, database, pepper, org = "default", apiKey, version = packageVersion, trustProxy = [] } = options;
  const metrics = new Metrics();
  const store = createStore(world, database, pepper, (commands) => metrics.committed(commands));
  checkOrg(org);
  await store.apiKeys.ensure(org, checkedKeys(apiKey, pepper));
  const services: Services = {
    world,
    store,
    newts: new Presence(world.clock),
    devices: new Presence(world.clock),
    strangers: new Set(),
    allowances: new Allowances(),
    failures: new FailureLimit(world.clock),
    pace: new Pace(world.clock),
    admission: new Admission(world.clock),
    metrics,
    connectionLimit: options.connectionLimit,
    machine: options.machine ?? (() => []),
    org,
    version,
  };
  const app = createApp(services);
  const inside = { request: app.fetch, upgrade: upgrades(services) };
  const housekeeping = keepHouse(services);
  const dispatcher = dispatchAlerts(services);
  return {
    routes: app.routes.map(({ method, path }) => ({ method, path })),
    ...edge(inside, { random: world.random.fork("request ids"), trustProxy }),
    drain: (ms) => drain(services, ms),
    close: async () => {
      await housekeeping.end();
      for (const stranger of services.strangers) stranger.terminate();
      services.newts.endAll(1001, "the server stops");
      services.devices.endAll(1001, "the server stops");
      await dispatcher.end();
      await store.close();
    },
  };
}

function checkOrg(org: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(org)) return;
  throw new FirstbootError("FB1001", {
    what: `"${org}" is not the id of an organisation`,
    fix: "use up to 64 letters, digits, - and _",
  });
}

function checkedKeys(apiKey: string, pepper: Buffer): { readonly id: string; readonly secret: string } {
  const parts = splitKey(apiKey);
  if (!parts?.id || !parts.secret || pepper.length !== 32) {
    throw new FirstbootError("FB1001", {
      what: "the control plane's API key or pepper does not have its form",
      fix: "give an API key such as id.secret and a pepper of 32 bytes",
    });
  }
  return parts;
}
