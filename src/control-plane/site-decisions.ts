import type { Services } from "./services.js";
import type { ApprovedSite } from "./store/approval.js";
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

/** After the commit of a removal: the site drops its tunnel, and its channel is closed rather than left behind (PROTOCOLS D2). */
export function removeSite({ newts }: Services, newtId: string): void {
  const session = newts.get(newtId);
  session?.send("newt/wg/terminate", {});
  session?.end(1000, "Disconnected by server");
}
