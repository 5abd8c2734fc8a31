import type { Phase } from "../fleet.js";
import type { Scenario } from "../scenario.js";
import { approve } from "./approve.js";
import { enrol } from "./enrol.js";
import { refuse } from "./refuse.js";
import { restart } from "./restart.js";
import { steady } from "./steady.js";

/** The phases that a scenario asks for, in their order. */
export function phasesOf({ phases, populations }: Scenario): Phase[] {
  return [
    enrol,
    ...(populations.some(({ surplus }) => surplus > 0) ? [refuse] : []),
    ...(phases.steady ? [steady] : []),
    ...(phases.restart ? [restart] : []),
    ...(phases.approve ? [approve] : []),
  ];
}
