import type { WrittenPublicResource } from "../schema/public-resource.js";
import { eachItem, ruleFor } from "./rule.js";

const rule = ruleFor<Pick<WrittenPublicResource, "targets">>();

type Check = NonNullable<NonNullable<WrittenPublicResource["targets"][number]>["healthcheck"]>;

/** Why a site is never told of a check (PROTOCOLS A17). */
function whyIdle({ enabled, hostname, interval, mode, path, method }: Check): string | undefined {
  if (!enabled) return undefined;
  if (hostname === "") return "a check without a hostname is never done";
  if (interval === 0) return "a check with interval 0 is never done";
  if (mode === "tcp") return undefined;
  if (path === "") return `a check of mode ${mode} without a path is never done`;
  return method ? undefined : `a check of mode ${mode} without a method is never done; write method: GET`;
}

/** What holds for the targets of any resource, those of targets alone among them. */
export const targetRules = [
  rule({
    level: "warning",
    reads: ["targets"],
    at: "targets",
    find: ({ targets }) =>
      eachItem(targets, (target) => target?.healthcheck && whyIdle(target.healthcheck), ["healthcheck"]),
  }),
  rule({
    level: "warning",
    reads: ["targets"],
    at: "targets",
    find: ({ targets }) =>
      eachItem(targets, (target) => (target?.hostname === "" ? "is empty: nothing can be reached there" : undefined), [
        "hostname",
      ]),
  }),
];
