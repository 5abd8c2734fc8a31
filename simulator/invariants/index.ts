import { approvalReachesAll } from "./approval-reaches-all.js";
import { blueprintOnce } from "./blueprint-once.js";
import { governingStands } from "./governing-stands.js";
import { healthAnswered } from "./health-answered.js";
import type { Invariant } from "./invariant.js";
import { keyNotOverused } from "./key-not-overused.js";
import { noGhosts } from "./no-ghosts.js";
import { noKeyOnDisk } from "./no-key-on-disk.js";
import { noSecretInLogs } from "./no-secret-in-logs.js";
import { oneExchangeEach } from "./one-exchange-each.js";
import { oneIdentityEach } from "./one-identity-each.js";
import { privateCredentials } from "./private-credentials.js";
import { surplusRefused } from "./surplus-refused.js";

export * from "./invariant.js";

/** What every run is judged by. */
export const invariants: readonly Invariant[] = [
  keyNotOverused,
  oneExchangeEach,
  oneIdentityEach,
  noGhosts,
  noKeyOnDisk,
  privateCredentials,
  noSecretInLogs,
  blueprintOnce,
  governingStands,
  surplusRefused,
  healthAnswered,
  approvalReachesAll,
];
