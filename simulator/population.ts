import { personas } from "../src/device/persona.js";
import { identityOf } from "./identity.js";
import type { Population, Scenario } from "./scenario.js";
import type { Source } from "./source.js";
import type { DeviceSpec } from "./spec.js";

/** The devices of a population, the surplus ones last. */
export function specsOf(
  scenario: Scenario,
  order: number,
  population: Population,
  source: Source,
  devicesDirectory: string,
): DeviceSpec[] {
  const { name, kind, count, surplus, heartbeat } = population;
  const habits = personas[population.persona];
  const persona = heartbeat === undefined ? habits : { ...habits, heartbeatMs: heartbeat };
  return Array.from({ length: count + surplus }, (_, index) => {
    const number = String(index).padStart(4, "0");
    return {
      name: `${name}/${number}`,
      population: name,
      kind,
      index,
      identity: identityOf(scenario.seed, order, index),
      persona,
      directory: `${devicesDirectory}/${name}/${number}`,
      files: source.filesOf(index),
      blueprints: source.blueprints,
      surplus: index >= count,
    };
  });
}
