import type { z } from "zod";
import type { WgRegisterData } from "../../../protocol/newt/tunnel.js";
import type { Services } from "../../services.js";
import type { NewtConnection } from "./connection.js";

/**
 * Tells the newt's version and asks for a tunnel. Without an exit node the answer is a question for containers alone, and
 * to a site that waits for approval none (PROTOCOLS A13, G3, E1).
 */
export function register(
  connection: NewtConnection,
  { newtVersion, publicKey, pingResults, backwardsCompatible }: z.output<typeof WgRegisterData>,
  { store }: Services,
): Promise<void> | undefined {
  const asks = publicKey && pingResults && pingResults.length > 0 && !backwardsCompatible;
  const isNews = newtVersion ? connection.learn(newtVersion) : false;
  if (asks && connection.approved) connection.send("newt/socket/fetch", {});
  return newtVersion && isNews ? store.sites.reportVersion(connection.site.siteId, newtVersion) : undefined;
}
