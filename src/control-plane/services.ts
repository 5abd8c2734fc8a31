import type { World } from "../world/world.js";
import type { Admission } from "./admission.js";
import type { Allowances } from "./channel/allowance.js";
import type { DeviceConnection } from "./channel/edgeflow/connection.js";
import type { NewtConnection } from "./channel/newt/connection.js";
import type { Presence } from "./channel/presence.js";
import type { FailureLimit } from "./failure-limit.js";
import type { Figure } from "./figure.js";
import type { Metrics } from "./metrics.js";
import type { Pace } from "./pace.js";
import type { Store } from "./store/store.js";

/** What routes and channels work with. */
export interface Services {
  readonly world: World;
  readonly store: Store;
  /** Live channels by newt id. */
  readonly newts: Presence<NewtConnection>;
  /** Live tunnels by device id. */
  readonly devices: Presence<DeviceConnection>;
  /** Tunnels that have not authenticated yet. */
  readonly strangers: Set<DeviceConnection>;
  /** What each newt and each device may still send. */
  readonly allowances: Allowances;
  /** Wrong secrets of each source. */
  readonly failures: FailureLimit;
  /** Turns of sources that have guessed too often, for what is worth guessing. */
  readonly pace: Pace;
  readonly admission: Admission;
  readonly metrics: Metrics;
  /** Connections that the server takes at a time; undefined: it does not say. */
  readonly connectionLimit: number | undefined;
  /** What the machine knows of the server's process, for `/metrics`. */
  readonly machine: () => readonly Figure[];
  /** The organisation of the server's owner. */
  readonly org: string;
  /** The version that the server tells its devices. */
  readonly version: string;
}
