import type { Fault } from "./faults/index.js";
import type { Scenario, ScenarioInput } from "./scenario.js";

type PopulationInput = ScenarioInput["populations"][number];
type FaultInput = NonNullable<ScenarioInput["faults"]>[number];

/** A scenario as it would be written: reading what this returns gives the scenario again. */
export function describeScenario({ phases, ...scenario }: Scenario): ScenarioInput {
  const { enrol, steady, restart, approve } = phases;
  return {
    ...scenario,
    populations: scenario.populations.map(describePopulation),
    phases: {
      enrol: describeWave(enrol),
      ...(steady && { steady: { ...steady, for: duration(steady.for) } }),
      ...(restart && { restart: describeWave(restart) }),
      approve,
    },
    faults: scenario.faults.map(describeFault),
    thresholds: scenario.thresholds.map(({ text }) => text),
  };
}

function describePopulation({ heartbeat, ...rest }: Scenario["populations"][number]): PopulationInput {
  const beating = heartbeat !== undefined && { heartbeat: duration(heartbeat) };
  if (rest.kind === "newt") {
    const { key, ...newt } = rest;
    return { ...newt, ...(key && { key: describeLease(key) }), ...beating };
  }
  const { codes, ...board } = rest;
  return { ...board, ...(codes && { codes: describeLease(codes) }), ...beating };
}

function describeLease<T extends { readonly reclaimAfter?: number | undefined }>({ reclaimAfter, ...rest }: T) {
  return { ...rest, ...(reclaimAfter !== undefined && { reclaimAfter: duration(reclaimAfter) }) };
}

function describeWave({ over, within, ...rest }: Scenario["phases"]["enrol"]): ScenarioInput["phases"]["enrol"] {
  return { over: duration(over), within: duration(within), ...rest };
}

function describeFault(fault: Fault): FaultInput {
  const at = duration(fault.at);
  switch (fault.fault) {
    case "half-open":
      return { ...fault, at };
    case "control-plane-crash":
      return { ...fault, at, down: duration(fault.down) };
    case "power-loss":
      return { ...fault, at, over: duration(fault.over) };
    case "bad-link": {
      const { latency, ...rest } = fault;
      const slow = latency === undefined ? {} : { latency: duration(latency) };
      return { ...rest, at, for: duration(fault.for), ...slow };
    }
    case "crashes":
    case "disk-full":
    case "partition":
    case "no-dns":
    case "no-tls":
      return { ...fault, at, for: duration(fault.for) };
  }
}

const units = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 } as const;

/** Milliseconds in the largest unit that says them in whole numbers. */
function duration(ms: number): string {
  for (const [unit, size] of Object.entries(units)) if (ms > 0 && ms % size === 0) return `${ms / size}${unit}`;
  // Below a millionth JavaScript would write an exponent, which a duration has none of.
  return ms === 0 ? "0s" : `${ms < 1e-6 ? ms.toFixed(100) : ms}ms`;
}
