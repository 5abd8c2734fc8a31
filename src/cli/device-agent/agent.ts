import type { EdgeFlowDevice } from "../../device/edgeflow/device.js";
import { type LocalAddress, serveLocally } from "../../device/edgeflow/local/index.js";
import type { StopReason } from "../../device/event.js";
import type { World } from "../../world/world.js";
import type { Agent } from "../agent/run.js";

export interface DeviceAgentOptions {
  readonly device: EdgeFlowDevice;
  /** No local API if absent. */
  readonly listen: LocalAddress | undefined;
  /** The local API is there. */
  readonly onListening: (at: LocalAddress) => void;
}

/** A device with its local API, which is there as long as the device lives. */
export class DeviceAgent implements Agent {
  constructor(
    private readonly world: World,
    private readonly options: DeviceAgentOptions,
  ) {}

  async run(): Promise<StopReason> {
    const { device, listen, onListening } = this.options;
    if (listen === undefined) return device.run();
    const server = await serveLocally(this.world, device, listen);
    onListening(server);
    try {
      return await device.run();
    } finally {
      await server.close();
    }
  }

  /** After what is being told of just now: a device that has just come online can then say goodbye. */
  async stop(): Promise<void> {
    await this.world.clock.turn();
    await this.options.device.stop();
  }
}
