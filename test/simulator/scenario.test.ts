import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defineScenario, loadScenario } from "../../simulator/index.js";
import { FirstbootError } from "../../src/error.js";

const example = readFileSync("examples/scenarios/first-fleet.yaml", "utf8");

function problemOf(text: string): string {
  try {
    loadScenario("fleet.yaml", text);
  } catch (error) {
    if (error instanceof FirstbootError) return error.line;
    throw error;
  }
  return "no problem";
}

describe("a scenario", () => {
  it("is read with durations in milliseconds and defaults filled in", () => {
    const scenario = loadScenario("first-fleet.yaml", example);
    expect(scenario.phases.enrol).toMatchObject({ over: 3_000, within: 20_000 });
    expect(scenario.populations.map(({ persona }) => persona)).toEqual(["hardened", "edgeflow"]);
    expect(scenario.thresholds).toContainEqual(
      expect.objectContaining({ text: "exchange.p99 < 2s", value: 2_000, unit: "ms" }),
    );
  });

  it("can be written in TypeScript", () => {
    const scenario = defineScenario({
      name: "tiny",
      populations: [{ name: "a", kind: "newt", count: 1, key: {} }],
      phases: { enrol: { over: "0s", within: "5s" } },
    });
    expect(scenario).toMatchObject({ seed: 1, phases: { approve: false } });
    expect(scenario.thresholds.map(({ text }) => text)).toEqual(["enrolled == 100%"]);
  });

  it.each([
    [
      "an unknown key",
      "surplus",
      "surpluss",
      "fleet.yaml:11:5: populations[0].surpluss is unknown here; allowed: name, count",
    ],
    ["an unknown kind", "kind: newt", "kind: toaster", "populations[0].kind is not allowed; allowed: newt, edgeflow"],
    [
      "a number for a duration",
      "over: 3s",
      "over: 3",
      "fleet.yaml:23:12: phases.enrol.over does not fit; allowed: a text",
    ],
    ["a duration without sense", "over: 3s", "over: soon", "phases.enrol.over is not a duration; allowed: 0s to 1w"],
    [
      "arrivals that go on when the time is over",
      "over: 3s",
      "over: 30s",
      "fleet.yaml:23:23: phases.enrol.within is shorter than the arrivals",
    ],
    ["an unknown metric", "exchange.p99", "exchange.p98", 'unknown metric "exchange.p98"; allowed: enrolled, '],
    ["a text for a count", "count: 40", "count: many", "populations[0].count does not fit; allowed: a number"],
    [
      "a population without a source",
      "    codes: {}",
      "",
      "populations[1] needs one source; allowed: artifacts or codes",
    ],
    ["two populations of one name", "name: gateways", "name: sites", "two populations have one name"],
    [
      "an unknown persona",
      "count: 40",
      "count: 40\n    persona: rude",
      "persona is not allowed; allowed: hardened, newt",
    ],
    ...["blueprint", "governing"].map((key) => [
      `artefacts and a ${key} beside them`,
      "key:\n      approveNewSites: false\n    blueprint: bootstrap.yaml",
      `artifacts: bundle\n    ${key}: x.yaml`,
      `populations[0].${key} goes with key only: artifacts carry their own blueprint`,
    ]),
    ["broken YAML", "name: first-fleet", "name: [first", "not readable as YAML"],
    ["nothing", example, "", "fleet.yaml:1:1: does not fit; allowed: a map"],
  ])("with %s is refused in one line that says where and what is allowed", (_, find, replace, message) => {
    const problem = problemOf(example.replace(find, () => replace));
    expect(problem).toMatch(/^FB1003: fleet\.yaml:\d+:\d+: /);
    expect(problem).toContain(message);
    expect(problem).not.toContain("\n");
  });

  it.each([
    ["{ fault: half-open, at: 1s, for: 2s }", "faults[0].for is unknown here; allowed: fault, at, share"],
    ["{ fault: no-dns, at: 1s, for: 1s, over: 2s }", "faults[0].over is unknown here; allowed: fault, at, for, share"],
    ["{ at: 1s, for: 2s }", "faults[0].fault is missing; allowed: bad-link, "],
    ["{ fault: earthquake, at: 1s }", "faults[0].fault is not allowed; allowed: bad-link, "],
    ["{ fault: bad-link, at: 1s, for: 2s }", "faults[0] changes nothing; allowed: one or more of latency, loss, cut"],
    ["{ fault: partition, at: 1s, for: 2s, share: 1.5 }", "faults[0].share is too big; allowed: <=1"],
  ])("with the fault %s is refused with what that kind allows", (fault, message) => {
    const problem = problemOf(`${example}\nfaults:\n  - ${fault}\n`);
    expect(problem).toMatch(/^FB1003: fleet\.yaml:42:\d+: /);
    expect(problem.endsWith(message) || (message.endsWith(", ") && problem.includes(message))).toBe(true);
  });

  it("gives nothing but FB1003 for any text", () => {
    const mangled = fc
      .tuple(
        fc.nat(example.length),
        fc.nat(40),
        fc.oneof(fc.string(), fc.constantFrom("&a", "*a", "{", "- ", "!!x ", "? [1]: ", "\t")),
      )
      .map(([at, length, junk]) => example.slice(0, at) + junk + example.slice(at + length));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), mangled), (text) => {
        const problem = problemOf(text);
        return problem === "no problem" || /^FB1003: fleet\.yaml:\d+:\d+: [^\n\r]+$/.test(problem);
      }),
      { numRuns: 400 },
    );
  });
});
