import type { World } from "../world/world.js";
import type { DeviceSession } from "./channel/edgeflow/session.js";
import type { NewtSession } from "./channel/newt/session.js";
import type { Presence } from "./channel/presence.js";
import type { Store } from "./store/store.js";

/** What routes and channels work with. */
export interface Services {
  readonly world: World;
  readonly store: Store;
  /** Live channels by newt id. */
  readonly newts: Presence<NewtSession>;
  /** Live tunnels by device id. */
  readonly devices: Presence<DeviceSession>;
  /** Tunnels that have not authenticated yet. */
  readonly strangers: Set<DeviceSession>;
  /** The version that the server tells its devices. */
  readonly version: string;
}
