import type { Services } from "./services.js";
import type { ConfigChange } from "./store/target/site-config.js";

/**
 * After the commit of an approval: a site that is here is told what it is to do and asks for its exit nodes again
 * (PROTOCOLS A16). One that does not ask within five seconds has asked in vain before and stays silent until it connects
 * anew, so its channel is closed (PROTOCOLS A12, D2.23).
 */
export function releaseSite(
  { newts }: Services,
  { newtId, config }: { readonly newtId: string; readonly config?: ConfigChange | undefined },
): void {
  newts.get(newtId)?.release(config);
}

/** After the commit of a removal: the site drops its tunnel, and its channel is closed rather than left behind (PROTOCOLS D2). */
export function removeSite({ newts }: Services, newtId: string): void {
  const session = newts.get(newtId);
  session?.send("newt/wg/terminate", {});
  session?.end(1000, "Disconnected by server");
}
