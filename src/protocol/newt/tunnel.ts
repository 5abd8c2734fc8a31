import { z } from "zod";
import { HealthCheckTarget } from "./health-check.js";
import { listOf, orZero } from "./lenient.js";
import { BrowserGatewayTarget, TargetTexts } from "./target.js";

/** Ties an answer to what it answers: a newt drops one with another chain id than it waits for (PROTOCOLS A12). */
const chainId = z.string().optional();

/** Without `noCloud` where a tunnel is to be recovered (PROTOCOLS A16). */
export const PingRequestData = z.object({ noCloud: z.boolean().optional(), chainId });

const ExitNode = z.object({
  exitNodeId: z.number().int(),
  exitNodeName: orZero(z.string(), ""),
  endpoint: z.string(),
  weight: orZero(z.number(), 0),
  wasPreviouslyConnected: orZero(z.boolean(), false),
});
export type ExitNode = z.infer<typeof ExitNode>;

/** Empty: the newt stays online, without a tunnel and quiet (PROTOCOLS A13, E1). */
export const ExitNodesData = z.object({ exitNodes: listOf(ExitNode), chainId });

/** What a newt found of an exit node. */
const PingResult = z.object({
  exitNodeId: z.number().int(),
  latencyMs: z.number(),
  weight: z.number().optional(),
  error: z.string().optional(),
  exitNodeName: z.string().optional(),
  endpoint: z.string().optional(),
  wasPreviouslyConnected: z.boolean().optional(),
});
export type PingResult = z.infer<typeof PingResult>;

/** With `backwardsCompatible` it is a question to servers of old, which tells a version at most (PROTOCOLS A12, A13). */
export const WgRegisterData = z.object({
  publicKey: z.string().optional(),
  pingResults: z.array(PingResult).nullish(),
  newtVersion: z.string().max(100).optional(),
  backwardsCompatible: z.boolean().optional(),
  chainId,
});

/** A tunnel, and all that the newt is to do in it (PROTOCOLS A13). Addresses have no prefix. */
export const WgConnectData = z.object({
  endpoint: z.string(),
  relayPort: orZero(z.number().int(), 0),
  publicKey: z.string(),
  serverIP: z.string(),
  tunnelIP: z.string(),
  targets: z.object({ udp: TargetTexts, tcp: TargetTexts }),
  healthCheckTargets: listOf(HealthCheckTarget),
  browserGatewayTargets: listOf(BrowserGatewayTarget),
  remoteExitNodeSubnets: listOf(z.string()),
  chainId,
});
