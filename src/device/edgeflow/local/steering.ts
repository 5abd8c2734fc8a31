import { z } from "zod";
import type { ProvisionAnswer } from "../../../protocol/edgeflow/index.js";
import { Credential } from "../credential.js";

/** What a device says of itself locally (PROTOCOLS C7, C9). */
export interface DeviceStatus {
  readonly connected: boolean;
  /** "" before there are credentials. */
  readonly device_id: string;
  readonly status: "online" | "offline" | "unprovisioned";
  /** ISO 8601 time of the last answer of the cloud to a heartbeat or the handshake; "" before the first. */
  readonly last_heartbeat: string;
  /** Seconds since the agent started. */
  readonly uptime: number;
}

/** The configuration as it may be shown: keys and codes are masked. */
export interface DeviceConfig {
  readonly enabled: boolean;
  readonly server_url: string;
  readonly device_id: string;
  readonly api_key: string;
  readonly provisioning_code: string;
  readonly enable_tls: boolean;
  readonly is_provisioned: boolean;
  readonly is_connected: boolean;
}

/** Why the device does not do what it was asked, fit to be shown. */
export class SteeringRefused extends Error {
  override readonly name = "SteeringRefused";
  constructor(
    /** An HTTP status: 400, 409, or what the cloud answered. */
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Programs that send all fields send an empty one for what they do not know. */
const Unchanged = z.literal("");

/** What of the configuration may be set for the rest of this run; what is absent, and a key that is masked, stays as it is. */
export const ConfigChange = z.strictObject({
  enabled: z.boolean().optional(),
  server_url: z.string().optional(),
  device_id: Unchanged.or(Credential).optional(),
  api_key: Unchanged.or(Credential).optional(),
  enable_tls: z.boolean().optional(),
});
export type ConfigChange = z.infer<typeof ConfigChange>;

/** What somebody on the box may ask of its device. */
export interface Steering {
  status(): DeviceStatus;
  config(): DeviceConfig;
  /** Rejects with `SteeringRefused` for values that do not fit. A device that is connected connects anew. */
  configure(change: ConfigChange): Promise<void>;
  /**
   * Exchanges a code for credentials and goes online with them. Rejects with `SteeringRefused`: 409 when the device has
   * credentials already and is not to `replace` them, or an exchange is under way; else what the cloud said.
   */
  provision(code: string, options: { readonly replace: boolean }): Promise<ProvisionAnswer>;
  /** Takes back `disconnect`. False if the device is connected already. */
  connect(): boolean;
  /** Leaves the cloud, and stays away until `connect` or the next start. */
  disconnect(): Promise<void>;
}
