import { seededRandom } from "../../src/world/random.js";
import { linkNames } from "../../src/world/virtual/link-profile.js";
import { defineScenario, type Scenario, type ScenarioInput } from "../scenario.js";
import { blueprintName, governingName } from "./blueprint.js";
import { healingMs, thresholdsOf } from "./demands.js";
import { Dice } from "./dice.js";
import { drawTrouble } from "./trouble.js";

type PopulationInput = ScenarioInput["populations"][number];
type Plan = Pick<ScenarioInput, "populations" | "phases" | "faults">;

/** No phase needs as long. */
const within = "1h";

/**
 * A small fleet, what befalls it and what is asked of it, all drawn from the seed:
 *
 * - calm: nothing goes wrong, so that everything must go right, for any persona;
 * - peace: all trouble is over before the restart and the approval, so that all must be well in the end;
 * - strife: trouble up to the end, restarts included; all must enrol, and no promise may break;
 * - rush: stock sites, which spend a use on each lost answer and then race for the last ones;
 * - lease: the same, but what they have spent comes back, so that all must enrol and nothing may be left over.
 */
export function swarmScenario(seed: number): Scenario {
  const dice = new Dice(seededRandom(seed).fork("swarm"));
  const plan = dice.pick([calm, peace, peace, peace, strife, strife, strife, rush, rush, lease])(dice);
  // Drawn apart, so that all else of a seed stays what it was before there were any.
  const apart = new Dice(seededRandom(seed).fork("governing"));
  const populations = plan.populations.map((population) => governed(apart, population));
  const input = { name: `swarm ${seed}`, seed, ...plan, populations };
  return defineScenario({ ...input, thresholds: thresholdsOf(defineScenario(input)) });
}

function calm(dice: Dice): Plan {
  const stock = dice.chance(0.3);
  const surplus = dice.chance(0.5);
  const populations = severally(dice, (name) => population(dice, name, stock, surplus ? dice.integer(0, 2) : 0));
  return {
    populations,
    phases: {
      enrol: arrivals(dice),
      steady: { for: dice.time(1, 45_000).text, healthCheck: dice.chance(0.7) },
      // A stock site's config is lost with the power, a stock board's with its process.
      ...(!stock && dice.chance(0.5) && { restart: arrivals(dice) }),
      approve: dice.chance(0.6),
    },
  };
}

function peace(dice: Dice): Plan {
  const { faults, overAtMs } = drawTrouble(dice);
  return {
    populations: severally(dice, (name) => population(dice, name, false, dice.chance(0.3) ? 1 : 0)),
    faults,
    phases: {
      enrol: arrivals(dice),
      steady: { for: `${overAtMs + healingMs}ms` },
      ...(dice.chance(0.6) && { restart: arrivals(dice) }),
      approve: dice.chance(0.7),
    },
  };
}

function strife(dice: Dice): Plan {
  const { faults } = drawTrouble(dice);
  return {
    populations: severally(dice, (name) => population(dice, name, false, dice.chance(0.3) ? 2 : 0)),
    faults,
    phases: {
      enrol: arrivals(dice),
      ...(dice.chance(0.5) && { steady: { for: dice.time(1, 30_000).text } }),
      restart: arrivals(dice),
    },
  };
}

function rush(dice: Dice): Plan {
  return {
    populations: [{ ...newt(dice, "rush", 0), persona: "newt", count: dice.integer(24, 40), link: "none" }],
    faults: [cuts(dice)],
    phases: { enrol: { over: "0s", within: "40s" } },
  };
}

function lease(dice: Dice): Plan {
  const reclaimAfter = `${dice.integer(60, 120)}s`;
  return {
    populations: [
      {
        ...common(dice, "lease", 0),
        kind: "newt",
        key: { reclaimAfter },
        persona: "newt",
        count: dice.integer(4, 12),
        link: "none",
      },
    ],
    faults: [cuts(dice)],
    // Long enough for what was spent last to come back.
    phases: { enrol: { over: "0s", within }, steady: { for: "5m" } },
  };
}

/** Those who are cut off together come back together. */
function cuts(dice: Dice) {
  return { fault: "bad-link", at: "0s", for: dice.time(10_000, 30_000).text, cut: dice.between(0.3, 0.7) } as const;
}

function severally<T>(dice: Dice, make: (name: string) => T): T[] {
  return Array.from({ length: dice.integer(1, 3) }, (_, index) => make(`p${index}`));
}

function arrivals(dice: Dice) {
  const over = dice.chance(0.6) ? "0s" : dice.time(1, 60_000, 2).text;
  return { over, within, ...(dice.chance(0.2) && { atOnce: dice.integer(1, 3) }) };
}

function population(dice: Dice, name: string, stock: boolean, surplus: number): PopulationInput {
  if (dice.chance(0.65)) return { ...newt(dice, name, surplus), persona: stock ? "newt" : "hardened" };
  return {
    ...common(dice, name, surplus),
    kind: "edgeflow",
    persona: stock ? "edgeflow-field" : "edgeflow",
    codes: {},
  };
}

function newt(dice: Dice, name: string, surplus: number) {
  return {
    ...common(dice, name, surplus),
    kind: "newt" as const,
    key: { approveNewSites: dice.chance(0.5) },
    ...(dice.chance(0.8) && { blueprint: blueprintName }),
  };
}

function governed(dice: Dice, population: PopulationInput): PopulationInput {
  const does = dice.chance(0.3);
  return does && population.kind === "newt" ? { ...population, governing: governingName } : population;
}

function common(dice: Dice, name: string, surplus: number) {
  const heartbeat = dice.time(25_000, 50_000).text;
  return { name, count: dice.integer(1, 6), surplus, heartbeat, link: dice.pick(linkNames) };
}
