import type { HardwareInfo, NetworkInfo } from "../../protocol/edgeflow/index.js";

/** What a device knows of its box; sent with the exchange (PROTOCOLS C2). */
export interface Facts {
  readonly hardware: HardwareInfo;
  readonly network: NetworkInfo;
}

function sorted<T extends object>(facts: T): { [name: string]: T[keyof T] } {
  return Object.fromEntries(Object.entries(facts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The facts as they stand in the exchange's body, keys in order. */
export function sortedFacts({ hardware, network }: Facts) {
  return { hardware_info: sorted(hardware), network_info: sorted(network) };
}
