import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { grpcServer } from "./grpc.js";
import { handshakeLine, pluginTls, speaksProtocol, startedByTerraform } from "./handshake.js";
import { log } from "./log.js";
import { pluginServices } from "./plugin.js";
import type { Provider } from "./provider.js";

/** How often to look whether Terraform still lives, in milliseconds. */
const parentWatchMs = 500;

/** Runs this process as the provider's plugin until Terraform shuts it down or dies. */
export function serveProvider<Client>(provider: Provider<Client>): void {
  const refusal = reasonNotToServe(provider);
  if (refusal !== undefined) {
    process.stderr.write(`${refusal}\n`);
    process.exitCode = 1;
    return;
  }
  dieWithParent();
  // Ctrl-C reaches the whole process group; Terraform decides when its plugins end.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => process.exit(0));

  const folder = mkdtempSync(join(process.env.PLUGIN_UNIX_SOCKET_DIR || tmpdir(), "plugin-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const socket = join(folder, "socket");
  const tls = pluginTls(process.env, Date.now());
  const server = grpcServer(
    pluginServices(provider, () => process.exit(0)),
    tls?.options,
  );
  server.listen(socket, () => {
    process.stdout.write(handshakeLine(socket, tls?.certificate));
    log("debug", "provider listens", { version: provider.version });
  });
}

function reasonNotToServe({ name, version }: { readonly name: string; readonly version: string }): string | undefined {
  if (!startedByTerraform(process.env)) {
    return `This is version ${version} of the Terraform provider "${name}". Terraform starts it; it is not run by hand.`;
  }
  return speaksProtocol(process.env) ? undefined : `The provider "${name}" needs Terraform 1.0 or newer.`;
}

/** A killed Terraform cannot say goodbye, but its children get another parent. */
function dieWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(0);
  }, parentWatchMs);
}
