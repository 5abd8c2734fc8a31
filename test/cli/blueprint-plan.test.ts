import { expect, test } from "vitest";
import { isSettled, planCounts, planLines } from "../../src/cli/blueprint/plan-text.js";
import type { BlueprintPlan } from "../../src/protocol/integration/schema.js";

const plan: BlueprintPlan = {
  changes: [
    {
      action: "create",
      kind: "public",
      niceId: "web",
      governedBy: null,
      fields: [
        { path: "name", after: "Web" },
        { path: "labels", after: ["a", "b"] },
        { path: "targets", after: [{ hostname: "h", healthcheck: { port: 80 } }, null] },
      ],
    },
    {
      action: "update",
      kind: "private",
      niceId: "ssh",
      governedBy: "brave-otter",
      fields: [
        { path: "destination", before: "10.0.0.1", after: "10.0.0.2" },
        { path: "alias", before: "a.lan" },
        { path: "auth.password", before: "********", after: "********" },
        { path: "maintenance", after: {} },
      ],
    },
    { action: "update", kind: "private", niceId: "lan", governedBy: null, fields: [] },
  ],
  roles: ["Clerk"],
  warnings: [],
};

test("a plan shows what comes, goes and changes, a line for each, and what will not last", () => {
  expect(planLines(plan).join("\n")).toBe(`\
+ public web
    + name                        = "Web"
    + labels                      = ["a","b"]
    + targets[0].hostname         = "h"
    + targets[0].healthcheck.port = 80
    + targets[1]                  = null
~ private ssh
    ~ destination   = "10.0.0.1" -> "10.0.0.2"
    - alias         = "a.lan"
    ~ auth.password = "********" (another one)
    + maintenance   = {}
    ! governed by brave-otter: its blueprint file will overwrite this
~ private lan
    ~ the same document, which now means other sites
+ role Clerk`);
  expect(planCounts(plan, "future")).toBe("1 resource to create, 2 resources to update, 1 role to create");
  expect(planCounts({ ...plan, changes: [] }, "past")).toBe("1 role created");
});

test("a plan without changes and roles is settled, whatever it warns of", () => {
  expect(isSettled({ changes: [], roles: [] })).toBe(true);
  expect(isSettled({ changes: [], roles: ["Clerk"] })).toBe(false);
  expect(isSettled(plan)).toBe(false);
});
