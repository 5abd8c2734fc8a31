import type { Services } from "./services.js";
import type { ApprovedSite } from "./store/approval.js";
import type { RemovedSites } from "./store/removed-sites.js";
import type { Consequences } from "./store/resource/apply.js";

/**
 * After the commit of an approval: a site that is here is told what it is to do and asks for its exit nodes again
 * (PROTOCOLS A16). One that does not ask within five seconds has asked in vain before and stays silent until it connects
 * anew, so its channel is closed (PROTOCOLS A12, D2.23).
 */
export function releaseSite({ newts }: Services, { newtId, configs }: ApprovedSite): void {
  newts.get(newtId)?.release(configs);
}

/**
 * After the commit of a change to resources: newts hear of what they are to do differently, and those whose governing
 * blueprint file says otherwise are asked to send it again. Stock newts do not know that question; they send their file
 * when they connect anew.
 */
export function tellNewts({ newts }: Services, { configs, governors }: Consequences): void {
  for (const change of configs) newts.get(change.newtId)?.push(change);
  for (const newtId of governors) newts.get(newtId)?.send("firstboot/blueprint/request", {});
}

/**
 * After the commit of a removal: the sites drop their tunnels, and their channels are closed rather than left behind
 * (PROTOCOLS D2). Others hear of the targets that went with them.
 */
export function removeSites(services: Services, { newtIds, configs }: RemovedSites): void {
  for (const newtId of newtIds) {
    const session = services.newts.get(newtId);
    session?.send("newt/wg/terminate", {});
    session?.end(1000, "Disconnected by server");
  }
  tellNewts(services, { configs, governors: [] });
}
