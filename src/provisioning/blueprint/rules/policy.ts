import type { WrittenPolicy } from "../schema/policy.js";
import { adminAmong, brokenAmong, emptyAmong, maskedSecret } from "./access.js";
import { doublePriorities, matchRules } from "./matches.js";
import { type Rule, ruleFor } from "./rule.js";

const rule = ruleFor<WrittenPolicy>();

/** What holds for a policy beyond its keys (PROTOCOLS B10). */
export const policyRules: readonly Rule<WrittenPolicy>[] = [
  rule({ level: "strict", reads: ["sso-roles"], at: "sso-roles", find: (policy) => adminAmong(policy["sso-roles"]) }),
  rule({ level: "error", reads: ["sso-roles"], at: "sso-roles", find: (policy) => brokenAmong(policy["sso-roles"]) }),
  rule({ level: "warning", reads: ["sso-roles"], at: "sso-roles", find: (policy) => emptyAmong(policy["sso-roles"]) }),
  rule({ level: "warning", reads: ["sso-users"], at: "sso-users", find: (policy) => emptyAmong(policy["sso-users"]) }),
  rule({ level: "error", reads: ["password"], at: "password", find: ({ password }) => maskedSecret(password) }),
  rule({
    level: "error",
    reads: ["basic-auth"],
    at: "basic-auth",
    find: ({ "basic-auth": basic }) => {
      const message = maskedSecret(basic?.password);
      return message === undefined ? [] : [{ at: ["password"], message }];
    },
  }),
  rule({ level: "warning", reads: ["rules"], at: "rules", find: ({ rules }) => doublePriorities(rules) }),
  rule({
    level: "warning",
    reads: ["whitelist-users", "email-whitelist-enabled"],
    at: "whitelist-users",
    find: (policy) =>
      policy["whitelist-users"].length > 0 && !policy["email-whitelist-enabled"]
        ? "has no effect without email-whitelist-enabled"
        : undefined,
  }),
  ...matchRules,
];
