import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IntegrationClient } from "../protocol/integration/client.js";
import { type RunningServer, type ServerOptions, startServer } from "../server/server.js";
import { type RealWorldOptions, realWorld } from "../world/real/index.js";
import type { World } from "../world/world.js";

/** A control plane for a test, on a free port of loopback, in a directory that goes with it. */
export interface TestControlPlane extends RunningServer {
  /** Speaks the integration API with it. */
  readonly client: IntegrationClient;
  /** The directory of its database and secrets. */
  readonly directory: string;
  /** A world for one device: a directory of its own below the plane's, and trust in the plane's certificate. */
  device(name: string, options?: Pick<RealWorldOptions, "env" | "log" | "random">): Promise<World>;
}

/**
 * Starts a control plane in a test. It speaks TLS by a development CA unless `tls` says otherwise. `close` ends it and
 * removes its directory.
 *
 * @example
 * const plane = await startControlPlane();
 * const key = await plane.client.createKey(plane.org, { name: "test", maxBatchSize: 1 });
 * await plane.close();
 */
export async function startControlPlane(
  options: Omit<ServerOptions, "data" | "port" | "host"> = {},
): Promise<TestControlPlane> {
  const directory = await mkdtemp(join(tmpdir(), "firstboot-"));
  const server = await startServer({ ...options, data: join(directory, "plane"), port: 0 });
  const trust = server.ca ? { ca: server.ca.pem } : {};
  const own = realWorld({ name: "test", ...trust });
  const devices: World[] = [own];
  return {
    ...server,
    directory,
    client: new IntegrationClient({ network: own.network, endpoint: server.url, apiKey: server.apiKey }),
    device: async (name, deviceOptions = {}) => {
      const root = join(directory, "devices", name);
      await own.disk.makeDirectory(root);
      const world = realWorld({ name, root, ...trust, ...deviceOptions });
      devices.push(world);
      return world;
    },
    close: async () => {
      for (const world of devices) world.process.kill();
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
