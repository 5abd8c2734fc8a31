import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  checkBlueprint,
  checkBlueprintYaml,
  readBlueprint,
  writeBlueprint,
} from "../../../src/provisioning/blueprint/index.js";
import { blueprint } from "./arbitrary.js";

const again = (document: unknown, env = {}) => readBlueprint(writeBlueprint(document), env).document;

/** Whatever YAML could take for something else. */
const text = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary" }),
  fc.stringMatching(/^[-+.]?[0-9_xobe.]{1,6}$/),
  fc.stringMatching(/^[ \t\n:#\-?*&!|>'"%@`{}[\],~ab]{0,8}$/),
  fc.constantFrom(
    "null",
    "~",
    "",
    "TRUE",
    "<<",
    "---",
    "...",
    "0777",
    "1_000",
    ".inf",
    "\u0085",
    "\u2028",
    "a\r\nb",
    " a\n b ",
  ),
);
const key = text.filter((word) => !["__proto__", "constructor", "prototype"].includes(word));
const noTemplate = (value: unknown) => !JSON.stringify(value).includes("{{");
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    text,
    fc.oneof(
      fc.boolean(),
      fc.constant(null),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n || 0),
    ),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

describe("a document that is written as YAML", () => {
  it("is read as the same document, in the same order", () => {
    fc.assert(
      fc.property(fc.dictionary(key, value, { maxKeys: 4, noNullPrototype: true }).filter(noTemplate), (document) => {
        expect(JSON.stringify(again(document))).toBe(JSON.stringify(document));
      }),
      { numRuns: 300 },
    );
  });

  it("means the same, if a strict check accepts it", () => {
    fc.assert(
      fc.property(blueprint, (document) => {
        const check = checkBlueprint(document, { strict: true });
        expect(check).toMatchObject({ ok: true });
        for (const strict of [false, true]) {
          const read = checkBlueprintYaml(writeBlueprint(document), {}, { strict });
          if (check.ok && read.ok) expect(read.blueprint).toStrictEqual(check.blueprint);
          else expect(read).toMatchObject({ ok: true });
        }
      }),
      { numRuns: 100 },
    );
  });

  it("has its templates in quotes, so that either way of filling them gives text", () => {
    const document = { a: "{{env.V}}", b: "x {{env.V}}", "k-{{env.V}}": 1 };
    expect(writeBlueprint(document)).toBe('a: "{{env.V}}"\nb: "x {{env.V}}"\n"k-{{env.V}}": 1\n');
    expect(again(document, { V: "1" })).toEqual({ a: "1", b: "x 1", "k-1": 1 });
  });

  it("holds keys that are too long for a line, and lists in lists", () => {
    const document = { a: { [`${"k".repeat(1_100)}: `]: [[{ b: [] }, [1]], {}] }, [" k".repeat(600)]: "b" };
    expect(again(document)).toEqual(document);
  });

  it("stands in plain lines where it can, repeated values too", () => {
    const rules = [{ action: "allow", match: "ip", value: "10.0.0.1" }];
    expect(writeBlueprint({ web: { name: "Web, all of it", rules }, api: { name: "x".repeat(200), rules } })).toBe(
      `web:
  name: Web, all of it
  rules:
    - action: allow
      match: ip
      value: 10.0.0.1
api:
  name: ${"x".repeat(200)}
  rules:
    - action: allow
      match: ip
      value: 10.0.0.1
`,
    );
  });
});
