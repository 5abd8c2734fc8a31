import { z } from "zod";
import { Certificate, ClientTarget, Peer } from "./client-tunnel.js";
import { HealthCheckTarget } from "./health-check.js";
import { listOf } from "./lenient.js";
import { BrowserGatewayTarget, TargetTexts } from "./target.js";

/** All that a newt is to do, in place of all that it does (PROTOCOLS A15). */
export const SyncData = z.object({
  proxyTargets: z.object({ tcp: TargetTexts, udp: TargetTexts }),
  healthCheckTargets: listOf(HealthCheckTarget),
  peers: listOf(Peer),
  clientTargets: listOf(ClientTarget),
  certs: listOf(Certificate),
  browserGatewayTargets: listOf(BrowserGatewayTarget),
  remoteExitNodeSubnets: listOf(z.string()),
});
