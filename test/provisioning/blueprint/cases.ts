import { describe, expect, it } from "vitest";
import type { BlueprintKind } from "../../../src/provisioning/blueprint/index.js";
import { verdictOf } from "./places.js";

/** Fine; or its level and the place that it is at. */
type Verdict = "fine" | `${"error" | "strict" | "warning"} ${string}`;
export type Case = readonly [what: string, entry: unknown, verdict: Verdict];

/** Each entry gets its verdict, from a strict check and from one that is not. */
export function describeCases(kind: BlueprintKind, cases: readonly Case[]): void {
  describe.each(cases)(`${kind}: %s`, (_, entry, verdict) => {
    const level = verdict.split(" ", 1)[0];

    it(`is ${level === "strict" ? "an error" : verdict} to a strict check`, () => {
      const { problems, warnings } = verdictOf(kind, entry, true);
      if (level === "error") expect(problems).toContain(verdict);
      else expect(problems).toEqual(level === "strict" ? [verdict] : []);
      if (level === "warning") expect(warnings).toContain(verdict);
      if (level === "fine") expect(warnings).toEqual([]);
    });

    it(`is ${level === "strict" ? "a warning" : verdict} without strict`, () => {
      const { problems, warnings } = verdictOf(kind, entry, false);
      expect(problems).toEqual(level === "error" ? expect.arrayContaining([verdict]) : []);
      if (level === "warning" || level === "strict") expect(warnings).toContain(verdict);
      if (level === "fine") expect(warnings).toEqual([]);
    });
  });
}

/** Rules in the order of their priorities. */
export const ordered = (...priorities: (number | undefined)[]) =>
  priorities.map((priority) => ({
    ...{ action: "allow", match: "path", value: "/" },
    ...(priority !== undefined && { priority }),
  }));

export const budget = (unit: string, period?: string) => ({ amount: 1, unit, ...(period && { period }) });

/** A target that is spoken to by no method. */
export const bare = { hostname: "10.0.0.1", port: 80 };
