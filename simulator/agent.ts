import { EdgeFlowDevice, type Facts, NewtSite, type Observer, type StopReason } from "../src/device/index.js";
import type { World } from "../src/world/world.js";
import type { Identity } from "./identity.js";
import { KindProber } from "./prober.js";
import type { DeviceSpec } from "./spec.js";

/** What runs on a virtual device: the same classes as on a real one. */
export interface Agent {
  run(): Promise<StopReason>;
  stop(): Promise<void>;
  /** How an EdgeFlow device calls itself; "" for a site. */
  deviceId(): string;
}

/** The agent of a device for one life, in a world whose root is the device's directory. */
export function createAgent({ kind, persona, identity }: DeviceSpec, world: World, onEvent: Observer): Agent {
  if (kind === "newt") {
    const site = new NewtSite(world, { configFile: "newt.json", persona, onEvent, prober: new KindProber(world) });
    return { run: () => site.run(), stop: () => site.stop(), deviceId: () => "" };
  }
  const facts = factsOf(identity);
  const device = new EdgeFlowDevice(world, { envFile: ".env", stateDirectory: "state", facts, persona, onEvent });
  return { run: () => device.run(), stop: () => device.stop(), deviceId: () => device.status().device_id };
}

function factsOf({ board, cores, ramMb, arch, kernel, hostname, ip, mac }: Identity): Facts {
  return {
    hardware: { board_model: board, cpu_cores: cores, ram_mb: ramMb, os: "linux", arch, kernel },
    network: { hostname, ip_address: ip, mac_address: mac, connection_type: "ethernet" },
  };
}
