import { z } from "zod";

/** Asks for the interface that clients reach the site by (PROTOCOLS A14). */
export const GetConfigData = z.object({
  publicKey: z.string(),
  port: z.number().int(),
  chainId: z.string().optional(),
  localEndpoints: z.array(z.string()).nullish(),
});

export const Peer = z.object({ publicKey: z.string(), allowedIps: z.array(z.string()), endpoint: z.string() });
export const PeerUpdate = Peer.partial({ allowedIps: true, endpoint: true });
export const PeerKeyData = z.object({ publicKey: z.string() });

/** What clients may reach behind a site (PROTOCOLS A17). */
export const ClientTarget = z.object({
  sourcePrefixes: z.array(z.string()),
  destPrefix: z.string(),
  rewriteTo: z.string().optional(),
  disableIcmp: z.boolean().optional(),
  portRange: z
    .array(z.object({ min: z.number().int(), max: z.number().int(), protocol: z.enum(["tcp", "udp"]) }))
    .optional(),
  resourceId: z.number().int().optional(),
  protocol: z.enum(["http", "https"]).optional(),
  httpTargets: z.array(z.object({ destAddr: z.string(), destPort: z.number().int(), scheme: z.string() })).optional(),
  tlsCert: z.string().optional(),
  tlsKey: z.string().optional(),
  tlsCertId: z.number().int().optional(),
});
export const ClientTargets = z.array(ClientTarget);
export const ClientTargetsUpdate = z.object({ oldTargets: ClientTargets, newTargets: ClientTargets });

export const Certificate = z.object({ id: z.number().int(), cert: z.string(), key: z.string() });

/** `ipAddress` has a prefix. */
export const ReceiveConfigData = z.object({
  ipAddress: z.string(),
  peers: z.array(Peer),
  targets: ClientTargets,
  certs: z.array(Certificate),
  chainId: z.string().optional(),
});

/** MiB since the last report; peers without growth are left out. */
export const BandwidthData = z.object({
  bandwidthData: z.array(z.object({ publicKey: z.string(), bytesIn: z.number(), bytesOut: z.number() })).nullish(),
});
