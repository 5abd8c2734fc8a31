import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FirstbootError } from "../../../src/error.js";
import {
  blueprintJson,
  checkBlueprintYaml,
  documentOfContainers,
  documentOfLabels,
  labelsOf,
  writeBlueprint,
} from "../../../src/provisioning/blueprint/index.js";

const many = (count: number, of: (index: number) => string): string =>
  Array.from({ length: count }, (_, n) => of(n)).join("");
const nested = (depth: number) => many(depth, (n) => `${" ".repeat(n)}a:\n`);

/** YAML that has cost a parser its stack, its memory or its time, or could; each about n units of it. */
const families: Readonly<Record<string, (n: number) => string>> = {
  keys: (n) => many(4 * n, (i) => `k${i}: v\n`),
  "one key again and again": (n) => "a: 1\n".repeat(n),
  "keys that are numbers": (n) => many(n, (i) => `${i}: v\n`),
  "open lists": (n) => "[".repeat(n),
  "closed lists": (n) => `a: ${"]".repeat(n)}`,
  "lists side by side": (n) => `a: [${`${"[".repeat(50)}${"]".repeat(50)},`.repeat(n / 100)}]`,
  "lists without a comma": (n) => `a: ${"[b]".repeat(n / 4)}`,
  commas: (n) => `a: [${",".repeat(n)}]`,
  "compact lists": (n) => "- ".repeat(n),
  "compact keys": (n) => "? ".repeat(n),
  colons: (n) => ":".repeat(n),
  "keys on a line": (n) => "a: ".repeat(n),
  "maps in lists": (n) => `a:\n${"- b: c\n  d: e\n".repeat(n / 2)}`,
  stairs: (n) => nested(90) + many(n / 90, () => `${" ".repeat(90)}b: c\n`),
  "saw teeth": (n) => nested(60).repeat(n / 60),
  "falling indents": (n) => "    a: b\n  c: d\n".repeat(n / 4),
  "laughs by aliases": (n) =>
    `a: &a [x,x,x,x,x,x,x,x,x]\n${many(Math.min(n / 100, 300), (i) => `k${i}: &a [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n`)}`,
  "laughs by merging": (n) => `a: &a {${many(n, (i) => `k${i}: 1, `)}}\n${many(n, (i) => `m${i}: {<<: *a}\n`)}`,
  aliases: (n) => `a: &a b\nc: [${"*a,".repeat(n)}]`,
  "aliases of as many anchors": (n) => `${many(n, (i) => `a${i}: &a${i} b\n`)}${many(n, (i) => `b${i}: *a${i}\n`)}`,
  "anchors of one name": (n) => many(n, (i) => `k${i}: &a {b: c}\n`),
  "anchors without an end": (n) => `a: &aa: ${"&a ".repeat(n)}`,
  "aliases in a chain": (n) => `k0: &k0 b\n${many(n, (i) => `k${i + 1}: &k${i + 1} [*k${i}]\n`)}`,
  "long texts by aliases": (n) => `a: &a ${"x".repeat(n)}\nb: [${"*a,".repeat(n)}]`,
  tags: (n) => `a:\n${"- !!str b\n".repeat(n)}`,
  "unknown tags": (n) => `a:\n${"- !b c\n".repeat(n)}`,
  directives: (n) => `${"%FOO x\n".repeat(n)}---\na: b\n`,
  documents: (n) => "---\na: b\n".repeat(n),
  "ends of documents": (n) => "...\n".repeat(n),
  "open quotes": (n) => 'a: "b\n'.repeat(n),
  quotes: (n) => `a: ["${'","'.repeat(n)}"]`,
  backslashes: (n) => `a: "${"\\\\".repeat(n)}"`,
  "blanks in quotes": (n) => `a: "x${" ".repeat(n)}\n${" ".repeat(n)}y"`,
  "empty lines in quotes": (n) => `a: "x${"\n".repeat(n)} y"`,
  "lines of a text": (n) => `a:\n${"  x\n".repeat(n)}`,
  "blanks at the end of lines": (n) => `a:\n${"  x   \n".repeat(n)}`,
  "literal lines": (n) => `a: |\n${"  x\n".repeat(n)}`,
  "folded lines": (n) => `a: >\n${"   x\n  y\n".repeat(n)}`,
  comments: (n) => `a:\n  - b\n${"    # c\n".repeat(n)}`,
  "comments after comments": (n) => `a: b ${"#c ".repeat(n)}`,
  tabs: (n) => `a:\n${"\tb: c\n".repeat(n)}`,
  "control characters": (n) => "\u0018\u0002\u001f\0".repeat(n),
  returns: (n) => "a: b\r".repeat(n),
  templates: (n) => `a: "${"{{env.X}} ".repeat(n)}"`,
  "templates in keys": (n) => many(n, (i) => `"{{env.X}}${i}": {{env.X}}\n`),
  "open templates": (n) => `a: "${"{{".repeat(n)}"`,
  "private characters": (n) => `a: "{{env.X}}${many(n, (i) => String.fromCharCode(0xe000 + (i % 6400)))}"`,
  "wrong values": (n) => `public-resources:\n${many(n / 8, (i) => `  r${i}: {name: 5, mode: x, targets: [1]}\n`)}`,
  "unknown keys": (n) => `public-resources:\n  r:\n${many(n, (i) => `    nmae${i}: 5\n`)}`,
};

const env = { X: "1" };

/** Looks at a text as the command line does; whatever is found has a place. */
function look(yaml: string, strict: boolean): void {
  const check = checkBlueprintYaml(yaml, env, { strict });
  const findings = check.ok ? check.warnings : check.problems;
  expect(findings.filter(({ place }) => !(place && place.line > 0 && place.column > 0))).toEqual([]);
}

/** What is sent for a text, or nothing. */
function sent(yaml: string, templates: "scalars" | "text"): string | undefined {
  try {
    return blueprintJson(yaml, env, { templates });
  } catch (error) {
    expect(error).toBeInstanceOf(FirstbootError);
    expect(String(error).length).toBeLessThan(10_000);
    return undefined;
  }
}

/** Of this process, whatever else the machine does. */
function milliseconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/**
 * Four times as much takes about four times as long; quadratic would be sixteen times. What is too short to measure counts
 * as 10 ms, and a figure that is too large is taken again, since collecting garbage may fall into any of them.
 */
function expectLinear(small: () => void, large: () => void): void {
  let after = milliseconds(large);
  expect(after).toBeLessThan(3_000);
  // However short the small one is: it would count as 10 ms.
  if (after < 80) return;
  const before = Math.max(10, Math.min(milliseconds(small), milliseconds(small)));
  for (let again = 0; again < 3 && after > 8 * before; again += 1) after = Math.min(after, milliseconds(large));
  expect(after / before).toBeLessThan(8);
}

describe("no text crashes the reader or takes more than linear time", () => {
  it.each(Object.entries(families))("%s", (_, family) => {
    const [small, large] = [family(1_000), family(4_000)];
    look(family(50), true);
    expectLinear(
      () => look(small, false),
      () => look(large, false),
    );
    expect((sent(large, "scalars") ?? "").length).toBeLessThan(10 * large.length + 1_000_000);
  });

  it("what anybody types", () => {
    const snippet = fc.constantFrom(
      ...[
        "a: ",
        "\n",
        "  ",
        "- ",
        "? ",
        ": ",
        "[",
        "]",
        "{",
        "}",
        ",",
        "&a ",
        "*a",
        "!!int ",
        "!x ",
        "|\n",
        ">-\n",
        '"',
        "'",
      ],
      ...[
        "#",
        "%",
        "@",
        "\t",
        "\r",
        "---\n",
        "...\n",
        "<<: ",
        "{{env.X}}",
        "{{",
        "}}",
        "\\u",
        "\uFEFF",
        "\0",
        "public-resources:",
      ],
    );
    const text = fc.oneof(
      fc.array(snippet, { maxLength: 30 }).map((all) => all.join("")),
      fc.string({ unit: "binary" }),
    );
    fc.assert(
      fc.property(text, (yaml) => {
        for (const strict of [false, true]) look(yaml, strict);
        for (const templates of ["scalars", "text"] as const) sent(yaml, templates);
      }),
      { numRuns: 1_000 },
    );
  });

  it("any text of labels", () => {
    const part = fc.oneof(
      fc.constantFrom("public-resources", "web", "targets", "[0]", "[", "]", '["a"]', ".", "x"),
      fc.string(),
    );
    const labels = fc.dictionary(
      fc.array(part).map((parts) => `pangolin.${parts.join(".")}`),
      fc.oneof(fc.constantFrom("[]", "{}", "null", "1"), fc.string()),
    );
    fc.assert(
      fc.property(labels, (some) => {
        const { document } = documentOfLabels(some);
        expect(documentOfLabels(labelsOf(document)).skipped).toEqual([]);
        writeBlueprint(document);
        documentOfContainers([{ name: "a", state: "running", labels: some }]);
      }),
      { numRuns: 300 },
    );
  });
});

describe("very many labels take linear time", () => {
  const ofTargets = (n: number) =>
    Object.fromEntries(Array.from({ length: n }, (_, i) => [`pangolin.public-resources.web.targets[${i}].port`, "1"]));
  const ofResources = (n: number) =>
    Object.fromEntries(Array.from({ length: n }, (_, i) => [`pangolin.public-resources.r${i}.name`, "x"]));

  it.each([
    ["of one list", ofTargets],
    ["of as many resources", ofResources],
  ])("%s", (_, labels) => {
    const read = (some: Record<string, string>) => () => {
      documentOfLabels(some);
      documentOfContainers([{ name: "a", state: "running", labels: some }]);
    };
    expectLinear(read(labels(500)), read(labels(2_000)));
  });
});
