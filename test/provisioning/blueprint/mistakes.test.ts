import { describe, expect, it } from "vitest";
import { publicResourceRules } from "../../../src/provisioning/blueprint/rules/public-resource.js";
import { bare } from "./cases.js";
import { raw, verdictOf, web } from "./places.js";

describe("one mistake", () => {
  const found = (entry: unknown) => verdictOf("public", entry, false).problems;

  it("hides no other", () => {
    expect(
      found({ mode: "http", targets: [bare], "proxy-port": "x", auth: { pincode: 1 }, "proxy-protocol": true }),
    ).toEqual(
      expect.arrayContaining([
        "error proxy-port",
        "error auth.pincode",
        "error name",
        "error full-domain",
        "error targets[0].method",
        "error proxy-protocol",
      ]),
    );
  });

  it("is told of once", () => {
    expect(found({ ...web, mode: "htp", targets: [bare] })).toEqual(["error mode"]);
    expect(found({ ...web, "full-domain": 1 })).toEqual(["error full-domain"]);
    expect(found({ ...raw, "proxy-port": 0 })).toEqual(["error proxy-port"]);
  });

  it("is looked for in nothing that is no entry", () => {
    for (const entry of [null, 1, "a", [], true]) expect(found(entry)).toEqual(["error "]);
  });
});

it("a rule is shown no broken key", () => {
  const reading = publicResourceRules.filter(({ reads }) => reads.includes("mode"));
  expect(reading.length).toBeGreaterThan(5);
  const { problems, warnings } = verdictOf("public", { ...web, mode: 7, auth: {}, scheme: "http" }, true);
  expect([...problems, ...warnings]).toEqual(["error mode"]);
});
