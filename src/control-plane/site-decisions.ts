import type { Services } from "./services.js";

/** After the commit of an approval: a site that is here asks for its exit nodes again (PROTOCOLS A16). */
export function releaseSite({ newts }: Services, newtId: string): void {
  newts.get(newtId)?.send("newt/wg/reconnect", {});
}

/** After the commit of a removal: the site drops its tunnel, and its channel is closed rather than left behind (PROTOCOLS D2). */
export function removeSite({ newts }: Services, newtId: string): void {
  const session = newts.get(newtId);
  session?.send("newt/wg/terminate", {});
  session?.end(1000, "Disconnected by server");
}
