import { timesOf } from "./again.js";
import { counted, number, time } from "./numbers.js";
import type { Report } from "./schema.js";

/** What a run comes down to. */
export interface Summary {
  readonly headline: string;
  readonly sentence: string;
  readonly devices: number;
  readonly enrolled: number;
  readonly restarted: number;
}

const headlines = {
  passed: "This rollout holds",
  failed: "This rollout does not hold",
  interrupted: "Interrupted",
} as const;

/** The verdict in words. */
export function summaryOf(report: Report): Summary {
  const { verdict, populations, invariants, thresholds, phases, durationMs, virtual } = report;
  const sum = (of: (row: Report["populations"][number]) => number): number =>
    populations.reduce((total, row) => total + of(row), 0);
  const devices = sum(({ count }) => count);
  const enrol = phases.find(({ name }) => name === "enrol");
  const restart = phases.find(({ name }) => name === "restart");
  // Stragglers that got there after their phase are not counted in.
  const enrolled = enrol?.done ?? 0;
  const restarted = restart?.done ?? 0;
  const broken = invariants.filter(({ held }) => !held).length;
  const missed = thresholds.filter(({ held }) => !held).length;
  const some = enrolled === devices ? "All" : `${number(enrolled)} of`;
  const parts = [
    `${devices === 1 && enrolled === 1 ? "The device" : `${some} ${counted(devices, "device")}`} enrolled${enrol ? ` within ${time(enrol.durationMs)}` : ""}`,
    ...(restart && restart.expected > 0 ? [`${cameBack(restart)} came back from their disks`] : []),
    broken === 0 ? "every promise was kept" : `${counted(broken, "promise")} did not hold`,
    ...(missed > 0 ? [`${counted(missed, "threshold")} missed`] : []),
  ];
  const found =
    verdict === "interrupted"
      ? `Stopped after ${time(durationMs)}. ${parts.join(", ")} so far.`
      : `${parts.join(", ")}.`;
  const sentence = virtual ? `${found} A virtual run: ${timesOf(virtual)}.` : found;
  return { headline: headlines[verdict], sentence, devices, enrolled, restarted };
}

function cameBack({ done, expected }: Report["phases"][number]): string {
  if (done === 0) return "none";
  return done === expected ? "all" : `${number(done)} of ${number(expected)}`;
}
