import type { World } from "../world/world.js";
import type { DeviceConnection } from "./channel/edgeflow/connection.js";
import type { NewtConnection } from "./channel/newt/connection.js";
import type { Presence } from "./channel/presence.js";
import type { FailureLimit } from "./failure-limit.js";
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
  /** Wrong secrets of each source. */
  readonly failures: FailureLimit;
  /** Turns of sources that have guessed too often, for what is worth guessing. */
  readonly pace: Pace;
  readonly metrics: Metrics;
  /** The version that the server tells its devices. */
  readonly version: string;
}
