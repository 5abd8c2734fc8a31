import { VirtualPlane } from "../../simulator/virtual/plane.js";
import { IntegrationClient } from "../protocol/integration/client.js";
import { linkProfiles, type VirtualHost, type VirtualWorld } from "../world/virtual/index.js";
import type { World } from "../world/world.js";

export interface VirtualControlPlaneOptions {
  /** How long it stays down after its process has died, milliseconds; 2 s if absent. */
  readonly downtimeMs?: number;
}

/** A control plane of a virtual world. */
export interface VirtualControlPlane {
  /** Every host of the world knows it by this name and trusts it. */
  readonly url: string;
  /** `<id>.<secret>` of the integration API. */
  readonly apiKey: string;
  readonly org: string;
  /** Where it runs: `host.kill()` and `host.losePower()` crash it, and its supervisor starts it again. */
  readonly host: VirtualHost;
  /** A process on a host of its own, from which a test looks on: what happens to others does not happen to it. */
  readonly operator: World;
  /** Speaks the integration API with it, from the operator's host. */
  readonly client: IntegrationClient;
  /** How often it was started. */
  readonly lives: number;
  /** What it logged. */
  readonly log: string;
  /** Ends it for good and lets go of its memory. */
  close(): void;
}

/**
 * Starts a control plane on the host `control-plane` of a virtual world, from within a run. Its database is in memory and
 * outlives its crashes as a file would: what was committed stays. Resolves when it serves.
 *
 * @example
 * const virtual = new VirtualWorld({ seed: 1 });
 * await virtual.run(async () => {
 *   const plane = await startVirtualControlPlane(virtual);
 *   const key = await plane.client.createKey(plane.org, { name: "test", maxBatchSize: 1 });
 *   plane.host.kill();
 *   await plane.operator.clock.sleep(5_000);
 *   await plane.client.listKeys(plane.org); // the key is still there
 * });
 */
export async function startVirtualControlPlane(
  virtual: VirtualWorld,
  { downtimeMs }: VirtualControlPlaneOptions = {},
): Promise<VirtualControlPlane> {
  // SQLite's library is loaded from the machine, once.
  const plane = virtual.outside(() => new VirtualPlane(virtual));
  if (downtimeMs !== undefined) plane.downtimeMs = downtimeMs;
  const { host, target } = plane;
  const { endpoint: url, apiKey, org } = target;
  const operator = virtual.host("operator", linkProfiles.none).boot();
  await plane.start();
  return {
    url,
    apiKey,
    org,
    host,
    operator,
    client: new IntegrationClient({ network: operator.network, endpoint: url, apiKey }),
    get lives() {
      return plane.lives;
    },
    get log() {
      return plane.log;
    },
    close: () => plane.close(),
  };
}
