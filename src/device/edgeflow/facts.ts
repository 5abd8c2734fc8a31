import type { HardwareInfo, NetworkInfo } from "../../protocol/edgeflow/index.js";

/** What a device knows of its box; sent with the exchange (PROTOCOLS C2). */
export interface Facts {
  readonly hardware: HardwareInfo;
  readonly network: NetworkInfo;
}

/** The answer to `get_system_metrics` (PROTOCOLS C4): what the facts tell, and zero for what is not measured. */
export function systemMetrics({ hardware, network }: Facts, uptimeSeconds: number) {
  const memory = Math.round((hardware.ram_mb ?? 0) * 1024 * 1024);
  return {
    arch: hardware.arch ?? "",
    board_model: hardware.board_model ?? "",
    cpu: { usage_percent: 0 },
    hostname: network.hostname ?? "",
    load_avg: { "15min": 0, "1min": 0, "5min": 0 },
    memory: { available_bytes: memory, free_bytes: memory, percent: 0, total_bytes: memory, used_bytes: 0 },
    network: { rx_bytes: 0, tx_bytes: 0 },
    os: hardware.os ?? "",
    swap: { total_bytes: 0, used_bytes: 0 },
    temperature: 0,
    uptime: uptimeSeconds,
  };
}

function sorted<T extends object>(facts: T): { [name: string]: T[keyof T] } {
  return Object.fromEntries(Object.entries(facts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The facts as they stand in the exchange's body, keys in order. */
export function sortedFacts({ hardware, network }: Facts) {
  return { hardware_info: sorted(hardware), network_info: sorted(network) };
}
