import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readBlueprint } from "../../../src/provisioning/blueprint/index.js";
import { fillTemplate } from "../../../src/provisioning/template.js";

const env = { SN: "SN42", NUMBER: "42", EMPTY: "", TRICK: "{{env.SN}} $& $1", "A B": "blank" };

/** Every token that the protocol's table has (PROTOCOLS B1), and what becomes of it. */
const tokens = [
  ["{{env.SN}}", "SN42"],
  ["{{ env.SN }}", "SN42"],
  ["{{\tenv.SN\t}}", "SN42"],
  ["{{env.NOPE}}", ""],
  ["{{env.EMPTY}}", ""],
  ["{{env.}}", ""],
  ["{{env.A C}}", ""],
  ["{{env.A B}}", "blank"],
  ["{{env.constructor}}", ""],
  ["{{env.__proto__}}", ""],
  ["{{foo.BAR}}", "{{foo.BAR}}"],
  ["{{Env.SN}}", "{{Env.SN}}"],
  ["{{}}", "{{}}"],
  ["{{ }}", "{{ }}"],
  ["{{a}b}}", "{{a}b}}"],
  ["{{env.SN}", "{{env.SN}"],
  ["{{{env.SN}}}", "{{{env.SN}}}"],
  ["{{env.TRICK}}", "{{env.SN}} $& $1"],
  ["<{{env.SN}}{{env.NUMBER}}>", "<SN4242>"],
] as const;

describe.each(["scalars", "text"] as const)("a template that is filled in the %s", (templates) => {
  const read = (yaml: string) => readBlueprint(yaml, env, { templates }).document;

  it.each(tokens)("%s gives %j in quotes, in blocks and in keys", (token, filled) => {
    expect(read(`a: "${token}"`)).toEqual({ a: filled });
    expect(read(`a: '${token}'`)).toEqual({ a: filled });
    expect(read(`a: |-\n  ${token}\n`)).toEqual({ a: filled });
    expect(read(`"k${token}": 1`)).toEqual({ [`k${filled}`]: 1 });
    expect(read(`a: x${token}`)).toEqual({ a: `x${filled}` });
  });

  it("names a site just so", () => {
    for (const [token, filled] of tokens) expect(fillTemplate(token, env)).toBe(filled);
  });

  it.each([
    ["42", 42],
    ["-1.5", -1.5],
    ["true", true],
    ["false", false],
    ["x", "x"],
  ])("and is a whole unquoted scalar may become a number or a boolean: %s", (value, filled) => {
    expect(readBlueprint("a: {{env.V}}", { V: value }, { templates }).document).toEqual({ a: filled });
    expect(readBlueprint('a: "{{env.V}}"', { V: value }, { templates }).document).toEqual({ a: value });
  });
});

describe("a template in the scalars", () => {
  const anything = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.constantFrom('"', "\n", ": x", "# x", "*x", "&x", "<<", "{{env.V}}", "\uE000", "\uE0000000\uE001", "]", "- a"),
  );

  it("cannot change the document, whatever the value", () => {
    fc.assert(
      fc.property(anything, (value) => {
        const { document } = readBlueprint('a: { b: "{{env.V}}" }\nc: [ x{{env.V}}, y{{env.V}} ]', { V: value });
        expect(document).toEqual({ a: { b: value }, c: [`x${value}`, `y${value}`] });
      }),
    );
  });

  it("cannot name a key that reaches for a prototype", () => {
    expect(() => readBlueprint("{{env.K}}: 1", { K: "__proto__" })).toThrow(/__proto__ cannot be a key/);
  });

  it("leaves all other characters as they are, private ones too", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("\uE000", "\uE001", "\uE002", "0", "a", "\u{F0000}") }), (text) => {
        const yaml = JSON.stringify({ a: text, b: `{{env.SN}}${text}` });
        expect(readBlueprint(yaml, env).document).toEqual({ a: text, b: `SN42${text}` });
        const escaped = yaml.replace(/[\uE000-\uE002]/g, (char) => `\\u${char.charCodeAt(0).toString(16)}`);
        expect(readBlueprint(escaped, env).document).toEqual({ a: text, b: `SN42${text}` });
      }),
    );
  });

  it("may stand in keys and unquoted, beside one that is not filled", () => {
    const yaml =
      'public:\n  r-{{env.SN}}:\n    name: "x {{ env.SN }} {{foo.BAR}}"\n    port: {{env.NUMBER}}\n    on: {{env.ON}}\n';
    expect(readBlueprint(yaml, { ...env, ON: "true" }).document).toEqual({
      public: { "r-SN42": { name: "x SN42 {{foo.BAR}}", port: 42, on: true } },
    });
  });

  it("does not move the place that an error names", () => {
    const yaml = 'a: "{{env.A_LONG_NAME}}"\nb: {x: "{{env.X}}", y: 1, y: 2}';
    expect(() => readBlueprint(yaml, {})).toThrow(/line 2, column 27: "y" is there twice, first at line 2, column 21/);
  });

  it("is a key's text even if its value is a number", () => {
    expect(readBlueprint("{{env.NUMBER}}: {{env.NUMBER}}", env).document).toEqual({ "42": 42 });
  });

  it("stays text where a number would lose digits or zeros", () => {
    for (const V of ["0123", "1.50", "12345678901234567890", "1e3", "0x10", "+1"]) {
      expect(readBlueprint("a: {{env.V}}", { V }).document).toEqual({ a: V });
    }
  });

  it("may go over lines, and comments may contain some", () => {
    const yaml = 'a: "{{\n  env.SN }}"\n# {{env.SN}}\nb: "{{env.SN}}"\nc: c: d\n';
    expect(() => readBlueprint(yaml, env)).toThrow(/line 5, column 4: /);
    expect(readBlueprint(yaml.replace("c: c: d", ""), { SN: "\nz: 1" }).document).toEqual({ a: "\nz: 1", b: "\nz: 1" });
  });
});

describe("a template in the text", () => {
  it("may change the document, as with newt", () => {
    const yaml = "a: {{env.V}}\nb: 2\n";
    expect(readBlueprint(yaml, { V: "1\nc: 3" }, { templates: "text" }).document).toEqual({ a: 1, b: 2, c: 3 });
    expect(readBlueprint(yaml, { V: "[x, y]" }, { templates: "text" }).document).toEqual({ a: ["x", "y"], b: 2 });
  });

  it.each([
    ["in a value of its own", "b: {{env.V}}", "x: y", "line 2, column 4"],
    ["behind a longer value", 'b: ["{{env.V}}", c: d: e]', "a value that is long", "line 2, column 21"],
    ["behind an empty one", 'b: ["{{env.V}}", c: d: e]', "", "line 2, column 21"],
  ])("leaves a mistake at its place in the file: %s", (_, line, V, place) => {
    expect(() => readBlueprint(`a: 1\n${line}`, { V }, { templates: "text" })).toThrow(new RegExp(place));
  });
});
