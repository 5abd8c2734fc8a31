import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { Http2Session } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { grpcServer } from "./grpc.js";
import { protocolVersion } from "./handshake.js";
import { pluginServices } from "./plugin.js";
import type { Provider } from "./provider.js";

/** A provider that runs in this process and serves any number of Terraform runs. */
export interface ReattachableProvider {
  /** Value for TF_REATTACH_PROVIDERS. */
  readonly reattach: string;
  close(): Promise<void>;
}

/**
 * Serves a provider inside this process, for tests and debugging: a Terraform run with `reattach` in
 * TF_REATTACH_PROVIDERS neither installs nor starts it.
 *
 * @param source The provider's address in the configuration, such as `example/example`.
 */
export async function serveInProcess<Client>(
  provider: Provider<Client>,
  source: string,
): Promise<ReattachableProvider> {
  const folder = await mkdtemp(join(tmpdir(), "plugin-"));
  const socket = join(folder, "socket");
  const server = grpcServer(pluginServices(provider, () => {}));
  const sessions = new Set<Http2Session>();
  server.on("session", (session) => {
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
  });
  server.listen(socket);
  await once(server, "listening");
  const reattach = {
    [`registry.terraform.io/${source}`]: {
      Protocol: "grpc",
      ProtocolVersion: protocolVersion,
      Pid: process.pid,
      Test: true,
      Addr: { Network: "unix", String: socket },
    },
  };
  return {
    reattach: JSON.stringify(reattach),
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const session of sessions) session.destroy();
      await closed;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
