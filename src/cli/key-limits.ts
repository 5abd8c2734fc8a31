import type { Option } from "commander";
import { given, repeated, toggle, valued } from "./flags.js";
import { count, network, or, patience, text } from "./kinds.js";

/** The limits of a provisioning key, as flags say them; a word lifts one, and so does a list or pattern that is empty. */
export interface KeyLimitFlags {
  readonly maxUsage?: number | "unlimited";
  readonly approve?: boolean;
  readonly reclaimAfter?: number | "never";
  readonly siteTtlOffline?: number | "never";
  readonly sourceCidr?: string[];
  readonly namePattern?: string;
  readonly label?: string[];
}

/** The flags of a key's limits. */
export function keyLimitOptions(): Option[] {
  return [
    valued("--max-usage <number>", "exchanges it is good for, or unlimited", or("unlimited", count(1, 1_000_000))),
    ...toggle("approve", "new sites work at once", "new sites wait for approval"),
    valued(
      "--reclaim-after <duration>",
      "remove a site that has not come back this long after its exchange, and give its use back; or never",
      or("never", patience),
    ),
    valued(
      "--site-ttl-offline <duration>",
      "remove sites that stay offline this long; or never",
      or("never", patience),
    ),
    repeated("--source-cidr <network>", "networks that it is exchanged from", network),
    valued("--name-pattern <pattern>", "what given names look like, with * and ?", or("", text)),
    repeated("--label <text>", "what its sites are labelled with", text),
  ];
}

/** The limits that were said, in the API's words. */
export function keyLimits(flags: KeyLimitFlags) {
  return given({
    maxBatchSize: flags.maxUsage === "unlimited" ? null : flags.maxUsage,
    approveNewSites: flags.approve,
    reclaimAfter: flags.reclaimAfter === "never" ? null : flags.reclaimAfter,
    siteTtlOffline: flags.siteTtlOffline === "never" ? null : flags.siteTtlOffline,
    sourceCidrs: flags.sourceCidr,
    namePattern: flags.namePattern === "" ? null : flags.namePattern,
    labels: flags.label,
  });
}
