import { statSync } from "node:fs";
import { join } from "node:path";
import { defineScenario, Report, refuseArtifacts } from "../../../simulator/index.js";
import { FirstbootError } from "../../error.js";
import { readText } from "../settings.js";
import type { Rehearsal } from "./virtual.js";

/** A virtual run as its report tells it. */
export interface Recorded extends Rehearsal {
  /** What the run's hash was; absent where the run was interrupted, which nothing repeats. */
  readonly hash?: string;
}

/**
 * Reads what a virtual run can be repeated from. Throws FB1001 for the report of another run, FB1002 for a file that is no
 * report, FB1003 for a scenario in it that does not fit.
 */
export function readRecorded(path: string): Recorded {
  const file = statSync(path, { throwIfNoEntry: false })?.isDirectory() ? join(path, "report.json") : path;
  const { virtual, scenario: written, inputs = {}, seed, interrupted } = parseReport(file);
  if (!virtual) {
    throw new FirstbootError("FB1001", {
      what: `${file} tells of a run in the real world`,
      why: "that does not happen twice in the same way",
      fix: `rehearse it: firstboot replay --seed ${seed} --scenario FILE, with the scenario's file`,
    });
  }
  if (!written) {
    throw new FirstbootError("FB1001", {
      what: `${file} does not hold its scenario`,
      why: "an older firstboot wrote it",
      fix: `use the scenario's file: firstboot replay --seed ${seed} --scenario FILE`,
    });
  }
  const scenario = defineScenario(written);
  refuseArtifacts(scenario);
  return { scenario, inputs: new Map(Object.entries(inputs)), ...(!interrupted && { hash: virtual.hash }) };
}

function parseReport(file: string): Report {
  const text = readText(file);
  try {
    return Report.parse(JSON.parse(text));
  } catch (cause) {
    throw new FirstbootError("FB1002", {
      what: `${file} is not a report of firstboot`,
      fix: "name the report.json that `firstboot simulate` wrote",
      cause,
    });
  }
}
