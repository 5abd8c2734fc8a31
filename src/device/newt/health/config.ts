import type { HealthCheckTarget } from "../../../protocol/newt/index.js";

/** What a newt takes for what is zero or empty (PROTOCOLS A17). Times are seconds. */
const defaults = { scheme: "http", mode: "http", method: "GET", intervalS: 30, timeoutS: 5, threshold: 1 } as const;
/** Times that a server may wish for: no more than a second apart, no longer than this machine's timers hold. */
const shortestS = 1;
const longestTimeoutS = 60;
const longestIntervalS = 86_400;

/** Characters of a check as JSON: nothing that a person wrote is longer. */
export const longestCheck = 16_384;

/** A check as it is carried out: its defaults filled in, within bounds. */
export function carriedOut(check: HealthCheckTarget): HealthCheckTarget {
  return {
    id: check.id,
    hcEnabled: check.hcEnabled,
    hcPath: check.hcPath,
    hcScheme: check.hcScheme || defaults.scheme,
    hcMode: check.hcMode || defaults.mode,
    hcHostname: check.hcHostname,
    hcPort: check.hcPort,
    hcInterval: within(check.hcInterval, defaults.intervalS, longestIntervalS),
    hcUnhealthyInterval: within(check.hcUnhealthyInterval, defaults.intervalS, longestIntervalS),
    hcTimeout: within(check.hcTimeout, defaults.timeoutS, longestTimeoutS),
    hcHeaders: check.hcHeaders,
    hcFollowRedirects: check.hcFollowRedirects,
    hcMethod: check.hcMethod || defaults.method,
    hcTlsServerName: check.hcTlsServerName,
    hcStatus: check.hcStatus,
    hcHealthyThreshold: Math.max(check.hcHealthyThreshold, defaults.threshold),
    hcUnhealthyThreshold: Math.max(check.hcUnhealthyThreshold, defaults.threshold),
  };
}

function within(seconds: number, usual: number, most: number): number {
  return seconds <= 0 ? usual : Math.min(Math.max(seconds, shortestS), most);
}
