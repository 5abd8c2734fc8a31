import type { Services } from "../../services.js";
import type { ConfigChange } from "../../store/target/site-config.js";

/** Tells a newt that is connected of a change to what it is to do, after the commit. */
export function pushConfig({ newts }: Services, change: ConfigChange): void {
  newts.get(change.newtId)?.push(change);
}
