import {
  type ConfigChange,
  type DeviceConfig,
  type DeviceStatus,
  type Steering,
  SteeringRefused,
} from "../../../src/device/edgeflow/local/index.js";
import { Diary } from "./diary.js";
import { credentials } from "./edgeflow.js";

/** A device that can be steered and does no more than to remember what it was asked. */
export class ScriptedSteering implements Steering {
  readonly asked = new Diary<string>();
  connected = false;
  provisioned = false;
  /** What an exchange ends with. */
  outcome: () => Promise<typeof credentials> = async () => credentials;

  status(): DeviceStatus {
    return {
      uptime: 12,
      connected: this.connected,
      last_heartbeat: this.connected ? "2026-02-21T12:00:00.000Z" : "",
      status: this.connected ? "online" : "unprovisioned",
      device_id: this.provisioned ? credentials.device_id : "",
    };
  }

  config(): DeviceConfig {
    return {
      enabled: true,
      server_url: "saas.example.com:443",
      device_id: "",
      api_key: "efk_****",
      provisioning_code: "PROV-****",
      enable_tls: true,
      is_provisioned: this.provisioned,
      is_connected: this.connected,
    };
  }

  async configure(change: ConfigChange): Promise<void> {
    this.asked.write(`configure ${JSON.stringify(change)}`);
    if (change.server_url === "") throw new SteeringRefused(400, "server_url is missing");
  }

  async provision(code: string, { replace }: { readonly replace: boolean }): Promise<typeof credentials> {
    this.asked.write(`provision ${code}${replace ? " in place of what there is" : ""}`);
    if (this.provisioned && !replace) throw new SteeringRefused(409, "The device has credentials already");
    const given = await this.outcome();
    this.provisioned = true;
    this.connected = true;
    return given;
  }

  connect(): boolean {
    this.asked.write("connect");
    return !this.connected;
  }

  async disconnect(): Promise<void> {
    this.asked.write("disconnect");
  }
}
