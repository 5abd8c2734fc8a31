import { isoTime } from "../../world/clock.js";
import type { World } from "../../world/world.js";
import { stayConnected } from "../connection.js";
import type { DeviceEvent, Observer, StopReason } from "../event.js";
import { StepFailed } from "../failure.js";
import { Host } from "../host.js";
import { edgeflow, type Persona } from "../persona.js";
import { ShadowClient } from "./cloud.js";
import { agentVersion, type CommandContext } from "./commands.js";
import type { Facts } from "./facts.js";
import { provision } from "./provision.js";
import { readSettings } from "./settings.js";
import { openTunnel } from "./tunnel.js";

export interface EdgeFlowOptions {
  /** Path of the `.env` file. */
  readonly envFile: string;
  /** Where the device keeps its credentials; made if missing. */
  readonly stateDirectory: string;
  readonly facts: Facts;
  /** `edgeflow` if absent. */
  readonly persona?: Persona;
  readonly onEvent?: Observer;
}

/** What a device says of itself locally (PROTOCOLS C9). */
export interface DeviceStatus {
  readonly connected: boolean;
  readonly device_id: string;
  readonly status: "online" | "offline";
  /** ISO 8601 time of the last answer of the cloud to a heartbeat or the handshake; empty before the first. */
  readonly last_heartbeat: string;
}

/**
 * An EdgeFlow device: exchanges a one-time code for credentials, keeps them encrypted, and holds a tunnel to the cloud. May
 * be killed at any moment with its World's process; a new one over the same disk goes on where this one was.
 */
export class EdgeFlowDevice {
  readonly #host: Host;
  #deviceId = "";
  #connected = false;
  /** Wall time of the last proof that the cloud is there, milliseconds. */
  #heartbeat: number | undefined;

  constructor(
    world: World,
    private readonly options: EdgeFlowOptions,
  ) {
    this.#host = new Host(world, options.persona ?? edgeflow, (event) => {
      this.#note(event);
      options.onEvent?.(event);
    });
  }

  /**
   * Lives until stopped, or until there is no use in going on. Rejects with a `FirstbootError` for a configuration
   * (FB1005) or a file (FB1002) that a person has to mend.
   */
  run(): Promise<StopReason> {
    return this.#host.live(() => this.#boot());
  }

  /** Ends the life in good order; resolves when `run` has. */
  stop(): Promise<void> {
    return this.#host.end();
  }

  status(): DeviceStatus {
    return {
      connected: this.#connected,
      device_id: this.#deviceId,
      status: this.#connected ? "online" : "offline",
      last_heartbeat: this.#heartbeat === undefined ? "" : isoTime(this.#heartbeat),
    };
  }

  async #boot(): Promise<void> {
    const { envFile, stateDirectory, facts } = this.options;
    const { clock } = this.#host.world;
    const started = clock.monotonic();
    const settings = await readSettings(this.#host, envFile);
    const identity = await provision(this.#host, settings, stateDirectory, facts);
    this.#deviceId = identity.deviceId;

    const shadow = new ShadowClient(this.#host, settings, identity);
    const uptimeSeconds = (): number => Math.floor(this.#host.since(started) / 1_000);
    const context: CommandContext = { facts, shadow, uptimeSeconds };
    await stayConnected(this.#host, async () => {
      const tunnel = await openTunnel(this.#host, settings, identity, context);
      void this.#reportOnline(shadow);
      return tunnel;
    });
  }

  #note({ type }: DeviceEvent): void {
    if (type === "connected") this.#connected = true;
    if (type === "disconnected") this.#connected = false;
    if (type === "connected" || type === "heartbeat") this.#heartbeat = this.#host.world.clock.now();
  }

  /** Reads the shadow and reports to it, beside the tunnel (PROTOCOLS C5); a failure is only told. */
  async #reportOnline(shadow: ShadowClient): Promise<void> {
    const now = `${isoTime(this.#host.world.clock.now()).slice(0, 19)}Z`;
    try {
      await shadow.get();
      await shadow.report({ agent_version: agentVersion, last_updated: now, online: true });
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      this.#host.failed(error);
    }
  }
}
