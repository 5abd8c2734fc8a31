import { counted, time } from "./numbers.js";
import type { Report } from "./schema.js";

/** What a run comes down to. */
export interface Summary {
  readonly headline: string;
  readonly sentence: string;
  readonly devices: number;
  readonly enrolled: number;
  readonly restarted: number;
  readonly violations: number;
  readonly missed: number;
}

const headlines = {
  passed: "This rollout holds",
  failed: "This rollout does not hold",
  interrupted: "Interrupted",
} as const;

/** The verdict in words. */
export function summaryOf({ verdict, populations, invariants, thresholds, phases, durationMs }: Report): Summary {
  const sum = (of: (row: Report["populations"][number]) => number): number =>
    populations.reduce((total, row) => total + of(row), 0);
  const devices = sum(({ count }) => count);
  const enrolled = sum((row) => row.enrolled);
  const restarted = sum((row) => row.restarted);
  const violations = invariants.reduce((total, { count }) => total + count, 0);
  const missed = thresholds.filter(({ held }) => !held).length;
  const enrol = phases.find(({ name }) => name === "enrol");
  const restart = phases.some(({ name }) => name === "restart");
  const parts = [
    `${enrolled === devices ? `All ${counted(devices, "device")}` : `${enrolled} of ${counted(devices, "device")}`} enrolled${enrol ? ` within ${time(enrol.durationMs)}` : ""}`,
    ...(restart ? [`${restarted === enrolled ? "all" : restarted} came back from their disks`] : []),
    violations === 0 ? "every promise was kept" : `promises were broken ${counted(violations, "time")}`,
    ...(missed > 0 ? [`${counted(missed, "threshold")} missed`] : []),
  ];
  const sentence =
    verdict === "interrupted"
      ? `Stopped after ${time(durationMs)}. ${parts.join(", ")} so far.`
      : `${parts.join(", ")}.`;
  return { headline: headlines[verdict], sentence, devices, enrolled, restarted, violations, missed };
}
