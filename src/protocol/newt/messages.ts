import { z } from "zod";
import { BlueprintApplyData, BlueprintResultsData } from "./blueprint.js";
import * as client from "./client-tunnel.js";
import * as health from "./health-check.js";
import { listOf } from "./lenient.js";
import { PamConnectionData, RoundTripData } from "./sign-in.js";
import { SocketContainersData, SocketStatusData } from "./socket.js";
import { SyncData } from "./sync.js";
import { BrowserGatewayTarget, TargetsData } from "./target.js";
import { ExitNodesData, PingRequestData, WgConnectData, WgRegisterData } from "./tunnel.js";

/** A type of message; fields beyond its schema are allowed. */
export interface MessageType<D extends z.ZodType = z.ZodType> {
  readonly data: D;
  /** From the server: it changes what the newt does, and so raises the config version. */
  readonly raises?: true;
  /** From the server: goes as gzip to newts that take that. */
  readonly gzip?: true;
}

const nothing = z.object({});
/** base64 of zlib of a JSON list. */
const LogData = z.object({ compressed: z.string() });
const Ids = z.object({ ids: listOf(z.number().int()) });
const Subnets = z.object({ subnets: listOf(z.string()) });

/** What a newt says (PROTOCOLS A16). */
export const fromNewt = {
  "newt/ping": { data: nothing },
  "newt/ping/request": { data: PingRequestData },
  "newt/wg/register": { data: WgRegisterData },
  "newt/wg/get-config": { data: client.GetConfigData },
  "newt/receive-bandwidth": { data: client.BandwidthData },
  "newt/blueprint/apply": { data: BlueprintApplyData },
  "newt/healthcheck/status": { data: health.HealthStatusData },
  "newt/socket/status": { data: SocketStatusData },
  "newt/socket/containers": { data: SocketContainersData },
  "newt/access-log": { data: LogData },
  "newt/request-log": { data: LogData },
  "newt/disconnecting": { data: nothing },
  "ws/round-trip/complete": { data: RoundTripData },
} as const satisfies Readonly<Record<string, MessageType>>;

const change = { raises: true } as const;
const largeChange = { raises: true, gzip: true } as const;
const large = { gzip: true } as const;

/** What a server says (PROTOCOLS A16). */
export const fromServer = {
  pong: { data: z.object({ timestamp: z.iso.datetime() }) },
  error: { data: z.object({ message: z.string(), originalMessage: z.string() }) },
  "newt/ping/exitNodes": { data: ExitNodesData },
  "newt/wg/connect": { data: WgConnectData, ...large },
  "newt/wg/receive-config": { data: client.ReceiveConfigData, ...large },
  "newt/sync": { data: SyncData, ...large },
  "newt/tcp/add": { data: TargetsData, ...largeChange },
  "newt/udp/add": { data: TargetsData, ...largeChange },
  "newt/tcp/remove": { data: TargetsData, ...change },
  "newt/udp/remove": { data: TargetsData, ...change },
  "newt/healthcheck/add": { data: health.HealthChecksData, ...largeChange },
  "newt/healthcheck/remove": { data: health.HealthCheckIdsData, ...largeChange },
  "newt/healthcheck/enable": { data: health.HealthCheckIdData },
  "newt/healthcheck/disable": { data: health.HealthCheckIdData },
  "newt/healthcheck/status/request": { data: nothing },
  "newt/wg/peer/add": { data: client.Peer, ...change },
  "newt/wg/peer/update": { data: client.PeerUpdate, ...change },
  "newt/wg/peer/remove": { data: client.PeerKeyData, ...change },
  "newt/wg/targets/add": { data: client.ClientTargets, ...largeChange },
  "newt/wg/targets/remove": { data: client.ClientTargets, ...largeChange },
  "newt/wg/targets/update": { data: client.ClientTargetsUpdate, ...largeChange },
  "newt/wg/subnets/update": { data: Subnets, ...largeChange },
  "newt/wg/subnets/add": { data: Subnets, ...largeChange },
  "newt/wg/subnets/remove": { data: Subnets, ...largeChange },
  "newt/certs/add": { data: z.array(client.Certificate), ...largeChange },
  "newt/certs/remove": { data: Ids, ...largeChange },
  "newt/browsergateway/add": { data: z.object({ targets: listOf(BrowserGatewayTarget) }), ...largeChange },
  "newt/browsergateway/remove": { data: Ids, ...largeChange },
  "newt/socket/check": { data: nothing },
  "newt/socket/fetch": { data: nothing },
  "newt/blueprint/results": { data: BlueprintResultsData },
  /** Ours: what a site's blueprint file governs was changed by somebody else, and is to be sent again. */
  "firstboot/blueprint/request": { data: nothing },
  "newt/pam/connection": { data: PamConnectionData },
  "newt/wg/restart": { data: nothing },
  "newt/wg/reconnect": { data: nothing },
  "newt/wg/terminate": { data: nothing },
} as const satisfies Readonly<Record<string, MessageType>>;

export type NewtType = keyof typeof fromNewt;
export type ServerType = keyof typeof fromServer;

/** What comes with each type of message from the server, once it was read. */
export type ServerData = { readonly [T in ServerType]: z.output<(typeof fromServer)[T]["data"]> };

const schemas: { readonly [T in ServerType]: MessageType<z.ZodType<ServerData[T]>> } = fromServer;

/** The data of a server's message; undefined if they are not as its type has them. */
export function readServerData<T extends ServerType>(type: T, data: unknown): ServerData[T] | undefined {
  return schemas[type].data.safeParse(data).data;
}
