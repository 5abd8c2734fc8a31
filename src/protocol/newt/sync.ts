import { z } from "zod";
import { Certificate, ClientTargets, Peer } from "./client-tunnel.js";
import { HealthCheckTarget } from "./health-check.js";
import { BrowserGatewayTarget, TargetTexts } from "./target.js";

/** All that a newt is to do, in place of all that it does (PROTOCOLS A15). */
export const SyncData = z.object({
  proxyTargets: z.object({ tcp: TargetTexts, udp: TargetTexts }),
  healthCheckTargets: z.array(HealthCheckTarget),
  peers: z.array(Peer),
  clientTargets: ClientTargets,
  certs: z.array(Certificate),
  browserGatewayTargets: z.array(BrowserGatewayTarget),
  remoteExitNodeSubnets: z.array(z.string()),
});
