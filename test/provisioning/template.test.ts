import { describe, expect, it } from "vitest";
import { fillTemplate } from "../../src/provisioning/template.js";

describe("{{env.NAME}} (PROTOCOLS B1)", () => {
  it.each([
    ["{{env.SN}}-edge", "42-edge"],
    ["{{ env.SN }}", "42"],
    ["{{env.NOPE}}", ""],
    ["{{env.EMPTY}}", ""],
    ["{{env.}}", ""],
    ["{{env.A B}}", ""],
    ["{{foo.BAR}}", "{{foo.BAR}}"],
    ["{{}}", "{{}}"],
    ["{{a}b}}", "{{a}b}}"],
    ["{{env.TRICK}}", "{{env.SN}} $& $1"],
  ])("%s gives %j", (template, filled) => {
    expect(fillTemplate(template, { SN: "42", EMPTY: "", TRICK: "{{env.SN}} $& $1" })).toBe(filled);
  });
});
