import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import {
  blueprintJson,
  checkBlueprint,
  checkBlueprintYaml,
  readBlueprint,
} from "../../../src/provisioning/blueprint/index.js";

const faultsOf = (yaml: string): string => {
  try {
    readBlueprint(yaml, {});
  } catch (error) {
    return String(error);
  }
  return "";
};

describe("a blueprint's YAML", () => {
  it.each([
    ["null", null],
    ["~", null],
    ["", null],
    ["True", true],
    ["yes", "yes"],
    ["off", "off"],
    ["42", 42],
    ["+5", 5],
    ["-0x1F", -31],
    ["0777", 511],
    ["0o17", 15],
    ["0b101", 5],
    ["089", 89],
    ["1_000", 1000],
    ["_1", "_1"],
    ["1.5", 1.5],
    [".5", 0.5],
    ["1e3", 1000],
    ["1e", "1e"],
    ["1:30", "1:30"],
    ["10.0.0.1", "10.0.0.1"],
    [".inf", ".inf"],
    ["2024-01-01", "2024-01-01"],
    ['"42"', "42"],
    ["'true'", "true"],
    ["!!str 42", "42"],
    ["! 42", "42"],
    ['!!int "42"', 42],
    ["!!float 1", 1],
    ["!!bool true", true],
    ["!!null null", null],
    ["!!seq [1]", [1]],
    [">-\n  a\n  b", "a b"],
  ])("means by %s what newt sends", (written, value) => {
    expect(readBlueprint(`a: ${written}\n`, {}).document).toEqual({ a: value });
  });

  it("has anchors, of which the last before an alias counts, and keys may be aliases", () => {
    const yaml = "a: &x one\nb: *x\nc: &x [two, &y {z: 3}]\nd: [*x, *y]\n&k key: {*k : 4}\n";
    const { document } = readBlueprint(yaml, {});
    expect(document).toEqual({
      a: "one",
      b: "one",
      c: ["two", { z: 3 }],
      d: [["two", { z: 3 }], { z: 3 }],
      key: { key: 4 },
    });
  });

  it("merges maps with <<: own keys win, then the first map", () => {
    const yaml =
      "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {z: 3, <<: [*a, *b]}\nd: {<<: {x: 4}, x: 5}\ne: {'<<': 6}\n";
    expect(readBlueprint(yaml, {}).document).toMatchObject({ c: { x: 1, y: 1, z: 3 }, d: { x: 5 }, e: { "<<": 6 } });
    expect(readBlueprint(yaml, {}).placeOf(["c", "y"])).toEqual({ line: 1, column: 17 });
  });

  it("becomes the JSON that a site sends", () => {
    const yaml = readFileSync(new URL("../../../examples/blueprints/bootstrap.yaml", import.meta.url), "utf8");
    const sent: unknown = JSON.parse(blueprintJson(yaml, { SERIAL_NUMBER: "SN42" }));
    expect(checkBlueprint(sent)).toMatchObject({ ok: true, warnings: [] });
    expect(Object.keys(parse(yaml))).toEqual(Object.keys(sent ?? {}));
  });
});

describe("what is no blueprint's YAML is refused with its place", () => {
  it.each([
    ["a map within a line", "a: 1\nb: c: d", "line 2, column 4: "],
    ["a tab", "a:\n\tb: 1", "line 2, column 1: Tabs.*indent with spaces"],
    ["an open quote", 'a: "b', "line 1, column 6: "],
    ["an open list", "a: [b", "line 1, column 6: "],
    ["a key twice", "a: 1\nb: 2\na: 3", 'line 3, column 1: "a" is there twice, first at line 1, column 1'],
    ["a number as key", "a: {42: 1}", 'line 1, column 5: .* a number: write it as "42", in quotes'],
    ["a boolean as key", "true: 1", 'line 1, column 1: .* a boolean: write it as "true", in quotes'],
    ["nothing as key", "? \n: 1", "line 1, column 3: .* null$"],
    ["a list as key", "? [a]\n: 1", "line 1, column 3: .* a list: "],
    ["an unquoted foreign template", "a: {{foo.BAR}}", "line 1, column 5: .* a map: quote what begins with {"],
    ["__proto__", "a: {__proto__: 1}", "line 1, column 5: __proto__ cannot be a key"],
    ["constructor", "constructor: 1", "line 1, column 1: constructor cannot be a key"],
    ["an alias of nothing", "a: *b", "line 1, column 4: an alias of no anchor before it"],
    ["an alias before its anchor", "a: *b\nc: &b 1", "line 1, column 4: an alias of no anchor before it"],
    ["a circle", "a: &a {b: [*a]}", "line 1, column 12: an alias stands within"],
    ["<< of a text", "a: {<<: b}", "line 1, column 9: << takes a map"],
    ["an unknown tag", "a: !b c", "line 1, column 7: a tag has no meaning"],
    ["a wrong tag", "a: !!int b", "line 1, column 10: is no int"],
    ["two documents", "a: 1\n---\nb: 2", "line 2, column 1: a second document"],
    ["101 levels", `a: ${"[".repeat(100)}${"]".repeat(100)}`, "line 1, column 10\\d: is nested deeper than 100"],
    [
      "101 levels by aliases",
      `a: &a ${"[".repeat(60)}${"]".repeat(60)}\nb: ${"[".repeat(45)}*a${"]".repeat(45)}`,
      "line 2, column 49: is nested deeper",
    ],
    ["more than 1 MiB", `a: ${"x".repeat(1_048_576)}`, "line 1, column 1: a blueprint has at most 1048576"],
    ["a list", "- a", "line 1, column 1: a blueprint is a map of sections"],
    ["a text", "text", "line 1, column 1: a blueprint is a map of sections"],
    ["nothing", "", "line 1, column 1: a blueprint is a map of sections"],
  ])("%s", (_, yaml, fault) => {
    expect(faultsOf(yaml)).toMatch(new RegExp(`the blueprint cannot be read; ${fault}`));
    expect(checkBlueprintYaml(yaml, {})).toMatchObject({ ok: false, problems: [{ level: "error", place: {} }] });
  });

  it("all of it at once, and of very much the beginning", () => {
    expect(faultsOf("a: *x\nb: {a: 1, a: 2}\n1: 2")).toMatch(
      /line 1, column 4.*; line 2, column 11.*; line 3, column 1/,
    );
    expect(faultsOf("1: 2\n".repeat(50))).toMatch(/line 20, column 1: [^;]*; and 30 more$/);
    expect(faultsOf("1: 2\n".repeat(500))).toMatch(/line 20, column 1: [^;]*; and 80 or more$/);
  });

  it("no environment value makes it larger than 1 MiB", () => {
    const V = "x".repeat(600_000);
    const twice = 'a: "{{env.V}}"\nb: "{{env.V}}"\n';
    expect(() => readBlueprint(twice, { V })).toThrow(/line 2, column 4: here it has more than 1048576 characters/);
    expect(() => readBlueprint(twice, { V }, { templates: "text" })).toThrow(/more than 1048576 characters/);
  });
});

describe("what is wrong with a text is told without the text, which may be a password that is not quoted", () => {
  it.each(["*hunter2", "!hunter2 x", "!hunter2", "|hunter2!", ">hunter2", "}hunter2", "'a' hunter2", "&a *hunter2"])(
    "%s",
    (password) => {
      for (const strict of [false, true]) {
        const check = checkBlueprintYaml(
          `public-policies:\n  a:\n    name: A\n    password: ${password}\n`,
          {},
          { strict },
        );
        if (check.ok) throw new Error("it is taken");
        expect(check.problems[0]?.place?.line).toBe(4);
        expect(JSON.stringify([check.problems, check.warnings])).not.toContain("hunter2");
      }
    },
  );
});

const document = `\uFEFF# first
public-resources:
  web:
    mode: http
    full-domain: a.example.com
    targets:
      - hostname: a
        port: 99999
        method: http
        prot: 1
    rules: &rules
      - { action: allow, match: ip, value: 10.0.0.300 }
  other: {name: Other, mode: tcp, proxy-port: "80", rules: *rules}
`;

describe("each finding about a blueprint has its place", () => {
  it("wrong values and unknown keys their own, missing keys that of the entry", () => {
    const check = checkBlueprintYaml(document, {});
    if (check.ok) throw new Error("it is taken");
    const places = [...check.problems, ...check.warnings].map(({ path, place }) => [path.slice(1).join("."), place]);
    expect(Object.fromEntries(places)).toMatchObject({
      "web.name": { line: 3, column: 3 },
      "web.targets.0.port": { line: 8, column: 15 },
      "web.targets.0.prot": { line: 10, column: 9 },
      "web.rules.0.value": { line: 12, column: 44 },
      "other.proxy-port": { line: 13, column: 47 },
      "other.rules.0.value": { line: 12, column: 44 },
    });
    const lines = check.problems.map(({ place }) => place?.line ?? 0);
    expect(lines).toEqual(lines.toSorted((a, b) => a - b));
  });

  it("those of the text beside those of the document", () => {
    const check = checkBlueprintYaml("public-resources:\n  a: {name: 5}\n  b: *x\n", {});
    expect(check).toMatchObject({ ok: false });
    if (!check.ok) expect(check.problems.map(({ place }) => place?.line)).toEqual(expect.arrayContaining([2, 3]));
  });

  it("also where templates were filled in the text, and where they were not", () => {
    const yaml = 'public-resources:\n  "{{env.SN}}": {name: "{{env.SN}}", mode: nope}\n';
    for (const strict of [false, true]) {
      const check = checkBlueprintYaml(yaml, { SN: "a rather long serial number" }, { strict });
      const modes = check.ok ? [] : check.problems.filter(({ path }) => path.at(-1) === "mode");
      expect(modes).toMatchObject([{ place: { line: 2, column: 44 } }]);
    }
  });

  it("and is sound without any", () => {
    const yaml = "public-resources:\n  a: {name: A, mode: http, full-domain: a.example.com, targets: []}\n";
    expect(checkBlueprintYaml(yaml, {}, { strict: true })).toMatchObject({ ok: true, warnings: [] });
  });
});
