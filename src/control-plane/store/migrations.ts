import { initial } from "./migration-1.js";
import { leases } from "./migration-2.js";
import { channels } from "./migration-3.js";
import { blueprints } from "./migration-4.js";

/**
 * The schema's history: statement texts, the first of which is version 1. A released one never changes; a change to the
 * schema is a new one at the end.
 */
export const migrations: readonly string[] = [initial, leases, channels, blueprints];
