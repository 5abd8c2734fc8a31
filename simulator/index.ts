export type { Box, BoxSpec } from "./box.js";
export type { Progress } from "./fleet.js";
export { loadScenario } from "./load.js";
export { Report } from "./report/schema.js";
export { verdictTable } from "./report/table.js";
export { writeReports } from "./report/write.js";
export { type RunOptions, runScenario, type Target } from "./run.js";
export { defineScenario, Scenario, type ScenarioInput, type Wave } from "./scenario.js";
export { runVirtually, type VirtualRun, type VirtualRunOptions } from "./virtual/run.js";
