import type { WrittenPublicResource } from "../schema/public-resource.js";
import { eachDouble, eachItem, ruleFor } from "./rule.js";

const rule = ruleFor<Pick<WrittenPublicResource, "ai-providers" | "ai-budget" | "auth-daemon">>();

/** What holds for models, budgets and the daemon of both kinds of resources (PROTOCOLS B8). */
export const blockRules = [
  rule({
    level: "error",
    reads: ["auth-daemon"],
    at: "auth-daemon",
    find: ({ "auth-daemon": daemon }) =>
      daemon?.mode === "remote" && daemon.port === undefined
        ? [{ at: ["port"], message: "is missing; mode remote needs it" }]
        : [],
  }),
  rule({
    level: "error",
    reads: ["ai-providers"],
    at: "ai-providers",
    find: ({ "ai-providers": providers }) =>
      eachItem(
        providers,
        (provider) =>
          provider.models.length > 0 && provider["access-mode"] !== "select" ? "needs access-mode select" : undefined,
        ["models"],
      ),
  }),
  rule({
    level: "error",
    reads: ["ai-budget"],
    at: "ai-budget",
    find: ({ "ai-budget": budgets }) =>
      eachDouble(
        budgets,
        ({ unit, period }) => `${unit} ${period}`,
        (other) => `has the unit and period of budget ${other + 1}; each may be there once`,
      ),
  }),
];
