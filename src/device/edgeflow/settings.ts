import { FirstbootError } from "../../error.js";
import type { Env } from "../../world/world.js";
import { readText } from "../files.js";
import type { Host } from "../host.js";
import { parseEnvFile } from "./env-file.js";

/** What a device proves itself with. */
export interface DeviceIdentity {
  readonly deviceId: string;
  readonly apiKey: string;
}

/** A device's configuration (PROTOCOLS C1). */
export interface DeviceSettings {
  /** `host:port`, without a scheme. */
  readonly url: string;
  readonly tls: boolean;
  readonly code: string | undefined;
  /** Credentials that an administrator has set. */
  readonly identity: DeviceIdentity | undefined;
}

function unfit(path: string, what: string, fix: string): FirstbootError {
  return new FirstbootError("FB1005", { what: `${path}: ${what}`, fix });
}

function settingsOf(env: Env, path: string): DeviceSettings {
  if (!["true", "1"].includes(env.EDGEFLOW_SAAS_ENABLED ?? "")) {
    throw unfit(path, "EDGEFLOW_SAAS_ENABLED is not true", "set EDGEFLOW_SAAS_ENABLED=true");
  }
  const url = env.EDGEFLOW_SAAS_URL ?? "";
  if (!/^[^/\s@?#]+$/.test(url) || !URL.canParse(`https://${url}`)) {
    throw unfit(
      path,
      url === "" ? "EDGEFLOW_SAAS_URL is missing" : "EDGEFLOW_SAAS_URL is not host:port",
      "set it to host:port without a scheme, for example saas.example.com:443",
    );
  }
  const { EDGEFLOW_DEVICE_ID: deviceId, EDGEFLOW_API_KEY: apiKey } = env;
  return {
    url,
    tls: !["false", "0"].includes(env.EDGEFLOW_SAAS_TLS ?? ""),
    code: env.EDGEFLOW_PROVISIONING_CODE || undefined,
    identity: deviceId && apiKey ? { deviceId, apiKey } : undefined,
  };
}

/** Reads a device's `.env` file; variables of the process's environment win over it. Throws FB1005 or FB1002. */
export async function readSettings(host: Host, envFile: string): Promise<DeviceSettings> {
  const source = await readText(host, envFile);
  if (source === undefined && !host.world.env.EDGEFLOW_SAAS_ENABLED) {
    throw unfit(envFile, "there is no such file", "write the device's .env file, or name another");
  }
  const own = Object.entries(host.world.env).filter(([name, value]) => name.startsWith("EDGEFLOW_") && value);
  return settingsOf({ ...parseEnvFile(source ?? "", envFile), ...Object.fromEntries(own) }, envFile);
}
