import { join } from "node:path";
import { isTrusted } from "../control-plane/http/trusted-proxy.js";
import { type ControlPlane, createControlPlane, openSqlite } from "../control-plane/index.js";
import type { Cidr } from "../provisioning/cidr.js";
import { version } from "../version.js";
import type { Log } from "../world/log.js";
import { defaultLimits, type ServerLimits } from "../world/network.js";
import { realWorld } from "../world/real/index.js";
import { DataDirectory, databaseFile, isSystemError, keepSecrets, unwritable } from "./data-directory.js";
import { developmentTls } from "./development-ca.js";
import { affordableConnections } from "./file-limit.js";
import { Lock } from "./lock.js";
import { machineFigures } from "./machine-figures.js";

/** How the server speaks: plain, with certificates of its owner's, or with its own development CA. */
export type TlsChoice =
  | { readonly kind: "off" }
  | { readonly kind: "development" }
  | { readonly kind: "given"; readonly certificate: string; readonly key: string };

export interface ServerOptions {
  /** Directory of the database, the secrets and the certificates. */
  readonly data: string;
  readonly host?: string;
  /** 0 takes a free port. */
  readonly port?: number;
  readonly tls?: TlsChoice;
  readonly org?: string;
  readonly log?: Log;
  /** Proxies whose `X-Forwarded-For` is taken for true; none if absent. */
  readonly trustProxy?: readonly Cidr[];
  /** As in `ListenOptions`. */
  readonly ownsProcess?: boolean;
  /** Where they differ from `defaultLimits`. */
  readonly limits?: Partial<ServerLimits>;
}

/** A control plane that serves on this machine. */
export interface RunningServer {
  readonly url: string;
  /** `<id>.<secret>` of the integration API. */
  readonly apiKey: string;
  readonly org: string;
  /** PEM text and file of the development CA, where it is in use. */
  readonly ca?: { readonly pem: string; readonly file: string };
  readonly plane: ControlPlane;
  /**
   * Lets nobody in any more, closes channels over so many milliseconds, at once if absent, and then everything else.
   * Commands, requests and webhooks that are on their way have a second each.
   */
  close(drainMs?: number): Promise<void>;
}

/** As many connections as are wished for, or as the system allows. */
function connectionLimit(wished = defaultLimits.connections, log: Log): number {
  const affordable = affordableConnections();
  if (affordable === undefined || affordable >= wished) return wished;
  const fix = "raise the limit on open files: `ulimit -n`, or LimitNOFILE= of its unit";
  log[affordable < wished / 2 ? "warn" : "info"]("fewer connections than planned for", {
    wished,
    connections: affordable,
    fix,
  });
  return affordable;
}

/**
 * Starts a control plane on a data directory of this machine. Throws FB1002 where the directory cannot be written,
 * FB1004 where the address cannot be had, FB1010 where another process has the directory or it is of another version.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host = "127.0.0.1", port = 8443, tls = { kind: "development" }, org = "default" } = options;
  const { trustProxy = [], ownsProcess = false } = options;
  const world = realWorld({ name: "control-plane", ...(options.log && { log: options.log }) });
  const limits = { ...options.limits, connections: connectionLimit(options.limits?.connections, world.log) };
  const directory = new DataDirectory(options.data, world.disk);
  await directory.prepare();
  const lock = Lock.take(directory.file("lock"));
  const machine = machineFigures();
  try {
    const { pepper, apiKey } = await keepSecrets(directory, world);
    const certificates = tls.kind === "development" ? await developmentTls(directory, world, host) : undefined;
    const file = directory.file(databaseFile);
    // Made before SQLite does, which would leave it open to others; its companions take its mode.
    if (!(await world.disk.stat(file))) await world.disk.write(file, "", { mode: 0o600 });
    const database = openSqlite(file);
    const plane = await createControlPlane({
      world,
      database,
      pepper,
      org,
      apiKey,
      version,
      trustProxy,
      connectionLimit: limits.connections,
      machine: () => machine.read(),
    });
    const given = tls.kind === "given" ? tls : certificates;
    const isProxy = (address: string): boolean => isTrusted(trustProxy, address);
    const certificate = given && { tls: { certificate: given.certificate, key: given.key } };
    const server = await world.network
      .listen({ host, port, limits, isProxy, ownsProcess, ...certificate }, plane)
      .catch(async (error: unknown) => {
        await plane.close();
        throw error;
      });
    const shownHost = host.includes(":") ? `[${host}]` : host;
    const url = `${given ? "https" : "http"}://${shownHost}:${server.port}`;
    world.log.info("started", { url, version, data: options.data });
    return {
      url,
      apiKey,
      org,
      ...(certificates && { ca: { pem: certificates.ca, file: join(options.data, "ca.pem") } }),
      plane,
      close: async (drainMs = 0) => {
        await plane.drain(drainMs);
        await server.close();
        await plane.close();
        machine.end();
        world.process.kill();
        lock.release();
        world.log.info("stopped");
      },
    };
  } catch (error) {
    machine.end();
    world.process.kill();
    lock.release();
    throw isSystemError(error) ? unwritable(options.data, error) : error;
  }
}
