import type { DeviceHabits } from "../persona.js";
import type { Facts } from "./facts.js";

/** Memory that the program itself has from its system, as recorded, MiB (PROTOCOLS F). */
const programMb = 6;

/**
 * What the code in the field makes of a box (PROTOCOLS C2): the board's name keeps the NUL at its end, the memory is the
 * program's own, there is no kernel, and every connection is a cable.
 */
function asShipped({ hardware, network }: Facts): Facts {
  const { board_model: board, os = "linux", arch = "" } = hardware;
  const system = `${os}/${arch}`;
  const board_model = board === undefined || board === system ? system : `${board}\0`;
  return {
    hardware: { ...hardware, board_model, kernel: "", ram_mb: programMb },
    network: { ...network, connection_type: "ethernet" },
  };
}

/** What a device with these habits tells of its box. */
export function toldFacts({ facts: habit }: DeviceHabits, facts: Facts): Facts {
  return habit === "as shipped" ? asShipped(facts) : facts;
}
