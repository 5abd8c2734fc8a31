import { z } from "zod";
import { listOf, orZero } from "./lenient.js";

/** Asks for the interface that clients reach the site by (PROTOCOLS A14). */
export const GetConfigData = z.object({
  publicKey: z.string(),
  port: z.number().int(),
  chainId: z.string().optional(),
  localEndpoints: z.array(z.string()).nullish(),
});

/** A client; one that is not reached directly has no endpoint. */
export const Peer = z.object({
  publicKey: z.string().min(1),
  allowedIps: listOf(z.string()),
  endpoint: orZero(z.string(), ""),
});
export type Peer = z.infer<typeof Peer>;

/** What is left out stays; an empty endpoint takes it away (PROTOCOLS A16). */
export const PeerUpdate = z.object({
  publicKey: z.string(),
  allowedIps: z.array(z.string()).nullish(),
  endpoint: z.string().nullish(),
});
export const PeerKeyData = z.object({ publicKey: z.string() });

/** What clients may reach behind a site (PROTOCOLS A17). Servers of old name one `sourcePrefix`. */
export const ClientTarget = z
  .object({
    sourcePrefix: z.string().nullish(),
    sourcePrefixes: listOf(z.string()),
    destPrefix: z.string(),
    rewriteTo: z.string().nullish(),
    disableIcmp: z.boolean().nullish(),
    portRange: z
      .array(z.object({ min: z.number().int(), max: z.number().int(), protocol: z.string().nullish() }))
      .nullish(),
    resourceId: z.number().int().nullish(),
    protocol: z.string().nullish(),
    httpTargets: z
      .array(z.object({ destAddr: z.string(), destPort: z.number().int(), scheme: z.string().nullish() }))
      .nullish(),
    tlsCert: z.string().nullish(),
    tlsKey: z.string().nullish(),
    tlsCertId: z.number().int().nullish(),
  })
  .transform(({ sourcePrefix, sourcePrefixes, ...target }) => ({
    ...target,
    sourcePrefixes: sourcePrefixes.length > 0 || !sourcePrefix ? sourcePrefixes : [sourcePrefix],
  }));
export type ClientTarget = z.infer<typeof ClientTarget>;
/** A list, and no object around it (PROTOCOLS A16). */
export const ClientTargets = z.array(ClientTarget);
export const ClientTargetsUpdate = z.object({ oldTargets: listOf(ClientTarget), newTargets: listOf(ClientTarget) });

export const Certificate = z.object({ id: z.number().int(), cert: z.string(), key: z.string() });

/** `ipAddress` has a prefix. */
export const ReceiveConfigData = z.object({
  ipAddress: z.string().regex(/^[^/]+\/\d+$/),
  peers: listOf(Peer),
  targets: listOf(ClientTarget),
  certs: listOf(Certificate),
  chainId: z.string().optional(),
});

/** MiB since the last report; peers without growth are left out. */
export const BandwidthData = z.object({
  bandwidthData: z.array(z.object({ publicKey: z.string(), bytesIn: z.number(), bytesOut: z.number() })).nullish(),
});
