export { swarmInputs } from "./blueprint.js";
export { runSeed, runSwarm, type SeedResult, type SwarmOptions, type SwarmResult } from "./run.js";
export { swarmScenario } from "./scenario.js";
