import type { Condition } from "../store/conditions.js";
import { connectionsLow, sitesLow } from "./capacity-low.js";
import { keyExpiring } from "./key-expiring.js";
import { keyUsedUp } from "./key-used-up.js";
import { sitePending } from "./site-pending.js";

/** All that is alerted for as long as it lasts. */
export const conditions: readonly Condition[] = [sitePending, keyUsedUp, keyExpiring, sitesLow, connectionsLow];
