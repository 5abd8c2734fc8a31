import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readRecorded } from "../../src/cli/fleet/recorded.js";
import { sampleReport } from "../simulator/helpers/report.js";

const directory = mkdtempSync(join(tmpdir(), "firstboot-recorded-"));
const file = join(directory, "report.json");
afterAll(() => rmSync(directory, { recursive: true }));

const scenario = {
  name: "tiny",
  populations: [{ name: "a", kind: "newt" as const, count: 1, key: {}, blueprint: "b.yaml" }],
  phases: { enrol: { over: "0s", within: "5s" } },
};
const virtual = { hash: "0123456789abcdef", events: 1, virtualMs: 1, tookMs: 1 };
const inputs = { "b.yaml": "private-resources: {}" };

/** What is read from a report of this text. */
function recordedIn(text: string) {
  writeFileSync(file, text);
  return readRecorded(file);
}

const report = (more: object): string => JSON.stringify({ ...sampleReport(), ...more });

describe("what a virtual run is repeated from", () => {
  it("is read from its report, by file or by directory", () => {
    const recorded = recordedIn(report({ virtual, scenario, inputs }));
    expect(recorded).toMatchObject({
      hash: virtual.hash,
      scenario: { name: "tiny", phases: { enrol: { within: 5_000 } } },
    });
    expect([...recorded.inputs]).toEqual(Object.entries(inputs));
    expect(readRecorded(directory)).toEqual(recorded);
  });

  it("has no hash to compare with where the run was interrupted", () => {
    expect(recordedIn(report({ virtual, scenario, interrupted: true }))).not.toHaveProperty("hash");
  });

  it.each([
    ["a run in the real world", report({}), "FB1001", /real world.*--seed 7 --scenario FILE/],
    ["an older run without its scenario", report({ virtual }), "FB1001", /does not hold its scenario/],
    ["no run at all", "{}", "FB1002", /not a report/],
    ["no JSON", "name: x", "FB1002", /not a report/],
    ["a scenario that does not fit", report({ virtual, scenario: { ...scenario, faults: 1 } }), "FB1003", /faults/],
    [
      "a scenario with artefacts",
      report({
        virtual,
        scenario: { ...scenario, populations: [{ name: "a", kind: "newt", count: 1, artifacts: "a" }] },
      }),
      "FB1001",
      /population a has artefacts/,
    ],
  ])("is not read from the report of %s", (_, text, code, message) => {
    expect(() => recordedIn(text)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });
});
