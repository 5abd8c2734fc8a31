import type { WrittenPolicy } from "../schema/policy.js";
import { priorityOf, type WrittenRule } from "../schema/rule.js";
import { isAddress, isNetwork } from "./host-name.js";
import { isPathPattern } from "./path-pattern.js";
import { isRegion } from "./regions.js";
import { eachDouble, eachItem, ruleFor } from "./rule.js";

interface Match {
  readonly fits: (value: string) => boolean;
  readonly message: string;
}

/** What a rule's value must be (PROTOCOLS B7). */
const matches: Readonly<Record<WrittenRule["match"], Match>> = {
  ip: { fits: isAddress, message: "must be an IP address" },
  cidr: { fits: isNetwork, message: "must be a network such as 10.0.0.0/8" },
  path: { fits: isPathPattern, message: "must be a path of URL characters, * among them, such as /api/*" },
  country: { fits: (value) => /^(?:[A-Z]{2}|ALL)$/.test(value), message: "must be a country such as DE, or ALL" },
  asn: {
    fits: (value) => /^AS\d+$/i.test(value) || value === "ALL",
    message: "must be an AS number such as AS64496, or ALL",
  },
  region: { fits: isRegion, message: 'must be a region of UN M.49 in quotes, such as "150" or "002"' },
};

const rule = ruleFor<Pick<WrittenPolicy, "rules">>();

/** What holds for the rules of resources and policies. */
export const matchRules = [
  rule({
    level: "error",
    reads: ["rules"],
    at: "rules",
    find: ({ rules }) =>
      eachItem(rules, ({ match, value }) => (matches[match].fits(String(value)) ? undefined : matches[match].message), [
        "value",
      ]),
  }),
  rule({
    level: "warning",
    reads: ["rules"],
    at: "rules",
    find: ({ rules }) =>
      eachItem(rules, ({ match }) =>
        match === "country" || match === "asn"
          ? `a rule of match ${match} needs a server with a database of them, which firstboot has not`
          : undefined,
      ),
  }),
  rule({
    level: "warning",
    reads: ["rules"],
    at: "rules",
    find: ({ rules }) =>
      eachItem(
        rules,
        ({ enabled }) => (enabled ? undefined : "a Pangolin server applies the rule in any case; take it out instead"),
        ["enabled"],
      ),
  }),
];

/** Priorities that are taken already; a resource may not have them (PROTOCOLS B3). */
export function doublePriorities(rules: readonly WrittenRule[]) {
  return eachDouble(rules, priorityOf, (other) => `has the priority of rule ${other + 1}; each needs its own`);
}
