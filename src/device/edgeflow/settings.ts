import { FirstbootError } from "../../error.js";
import type { LogLevel } from "../../world/log.js";
import type { Env } from "../../world/world.js";
import { readText } from "../files.js";
import type { Host } from "../host.js";
import { Credential } from "./credential.js";
import { parseEnvFile } from "./env-file.js";
import { type CloudServer, checkServer, leadsTo } from "./server-url.js";

/** What a device proves itself with. */
export interface DeviceIdentity {
  readonly deviceId: string;
  readonly apiKey: string;
}

/** A device's configuration (PROTOCOLS C1). */
export interface DeviceSettings extends CloudServer {
  /** Whether it is to have to do with a cloud at all; if not, there may be none. */
  readonly enabled: boolean;
  readonly code: string | undefined;
  /** Credentials that an administrator has set. */
  readonly identity: DeviceIdentity | undefined;
  /** Where the local API listens, as far as it is said. */
  readonly server: { readonly host?: string; readonly port?: number };
  readonly logLevel: LogLevel | undefined;
  /** Of the credentials at rest. */
  readonly passphrase: string | undefined;
  /** Names of variables that are set and mean nothing to this device. */
  readonly without: readonly string[];
}

const booleans: Readonly<Record<string, boolean>> = { true: true, "1": true, false: false, "0": false };
const levels: readonly LogLevel[] = ["debug", "info", "warn", "error"];
const meaningless = ["EDGEFLOW_LOG_DIR", "EDGEFLOW_WEB_DIR"];
const passphrases = ["EDGEFLOW_ENCRYPTION_PASSWORD", "ENCRYPTION_PASSWORD"];

/** Variables that are set, each read as what it is. Throws FB1005 with a variable's name, never with its value. */
class Variables {
  constructor(
    private readonly env: Env,
    private readonly path: string,
  ) {}

  text(name: string): string | undefined {
    return this.env[name] || undefined;
  }

  boolean(name: string, otherwise: boolean): boolean {
    const text = this.text(name);
    if (text === undefined) return otherwise;
    const value = Object.hasOwn(booleans, text) ? booleans[text] : undefined;
    if (value === undefined) throw this.unfit(`${name} is neither true nor false`, "write true, 1, false or 0");
    return value;
  }

  port(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined || (/^\d{1,5}$/.test(text) && Number(text) <= 65_535))
      return text ? Number(text) : undefined;
    throw this.unfit(`${name} is not a port`, "write a number from 0 to 65535");
  }

  level(name: string): LogLevel | undefined {
    const text = this.text(name);
    const level = levels.find((known) => known === text?.toLowerCase());
    if (text !== undefined && !level) throw this.unfit(`${name} is not a level`, `write one of ${levels.join(", ")}`);
    return level;
  }

  /** The credentials of an administrator: both or none. */
  identity(): DeviceIdentity | undefined {
    const [deviceId, apiKey] = [this.text("EDGEFLOW_DEVICE_ID"), this.text("EDGEFLOW_API_KEY")];
    for (const [name, value] of Object.entries({ EDGEFLOW_DEVICE_ID: deviceId, EDGEFLOW_API_KEY: apiKey })) {
      const why = Credential.optional().safeParse(value).error?.issues[0]?.message;
      if (why !== undefined) throw this.unfit(`${name} ${why}`, "set it as the cloud shows it");
    }
    if (deviceId !== undefined && apiKey !== undefined) return { deviceId, apiKey };
    if (deviceId === undefined && apiKey === undefined) return undefined;
    const [set, missing] = deviceId ? ["DEVICE_ID", "API_KEY"] : ["API_KEY", "DEVICE_ID"];
    throw this.unfit(`EDGEFLOW_${set} is set without EDGEFLOW_${missing}`, "set both, or none and a provisioning code");
  }

  unfit(what: string, fix: string): FirstbootError {
    return new FirstbootError("FB1005", { what: `${this.path}: ${what}`, fix });
  }
}

function settingsOf(env: Env, path: string): DeviceSettings {
  const variables = new Variables(env, path);
  const enabled = variables.boolean("EDGEFLOW_SAAS_ENABLED", false);
  const url = variables.text("EDGEFLOW_SAAS_URL") ?? "";
  if (enabled || url !== "") checkServer(url, `${path}: EDGEFLOW_SAAS_URL`);
  const host = variables.text("EDGEFLOW_SERVER_HOST");
  const port = variables.port("EDGEFLOW_SERVER_PORT");
  return {
    enabled,
    url,
    tls: variables.boolean("EDGEFLOW_SAAS_TLS", true),
    code: variables.text("EDGEFLOW_PROVISIONING_CODE")?.trim() || undefined,
    identity: variables.identity(),
    server: { ...(host !== undefined && { host }), ...(port !== undefined && { port }) },
    logLevel: variables.level("EDGEFLOW_LOG_LEVEL"),
    passphrase: passphrases.map((name) => variables.text(name)).find((text) => text !== undefined),
    without: meaningless.filter((name) => variables.text(name) !== undefined),
  };
}

/** Reads a device's `.env` file; variables of the process's environment win over it. Throws FB1005 or FB1002. */
export async function readSettings(host: Pick<Host, "world">, envFile: string): Promise<DeviceSettings> {
  const { env } = host.world;
  const source = await readText(host, envFile);
  if (source === undefined && !env.EDGEFLOW_SAAS_ENABLED) {
    throw new FirstbootError("FB1005", {
      what: `${envFile}: there is no such file`,
      fix: "write the device's .env file, or name another",
    });
  }
  const set = Object.entries(env).filter(
    ([name, value]) => (name.startsWith("EDGEFLOW_") || passphrases.includes(name)) && value,
  );
  return settingsOf({ ...parseEnvFile(source ?? "", envFile), ...Object.fromEntries(set) }, envFile);
}

/** The settings with the code that the `.env` file has now for their server: it may have been put there since they were read. */
export async function withLatestCode(
  host: Pick<Host, "world">,
  envFile: string,
  settings: DeviceSettings,
): Promise<DeviceSettings> {
  try {
    const latest = await readSettings(host, envFile);
    return { ...settings, code: leadsTo(latest, settings) ? latest.code : undefined };
  } catch (error) {
    if (!(error instanceof FirstbootError)) throw error;
    return settings;
  }
}

/** FB1005 for a device that neither knows who it is nor how to find out, or is not to have to do with a cloud. */
export function nothingToDo({ enabled }: DeviceSettings, envFile: string): FirstbootError {
  return enabled
    ? new FirstbootError("FB1005", {
        what: `${envFile}: the device has no credentials and no provisioning code`,
        fix: "set EDGEFLOW_PROVISIONING_CODE, or EDGEFLOW_DEVICE_ID and EDGEFLOW_API_KEY",
      })
    : new FirstbootError("FB1005", {
        what: `${envFile}: EDGEFLOW_SAAS_ENABLED is not true`,
        fix: "set EDGEFLOW_SAAS_ENABLED=true",
      });
}
