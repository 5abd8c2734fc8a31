import { FirstbootError } from "../../error.js";
import type { PlainHttp } from "../plain-http.js";
import { type ConfigChange, type DeviceConfig, SteeringRefused } from "./local/steering.js";
import { checkSecrecy, checkServer, leadsTo } from "./server-url.js";
import type { DeviceIdentity, DeviceSettings } from "./settings.js";

const hidden = "...";

/** A key as it may be shown: enough of it to be recognised. */
function masked(secret: string | undefined): string {
  if (!secret) return "";
  return secret.length > 20 ? `${secret.slice(0, 8)}${hidden}${secret.slice(-4)}` : hidden;
}

/** A code as it may be shown: it has too few letters to show any. */
function maskedCode(code: string | undefined): string {
  if (code === undefined) return "";
  return code.startsWith("PROV-") ? `PROV-${hidden}` : hidden;
}

/** The configuration as it may be shown (PROTOCOLS C7). */
export function shownConfig(
  settings: DeviceSettings | undefined,
  identity: DeviceIdentity | undefined,
  isConnected: boolean,
): DeviceConfig {
  return {
    enabled: settings?.enabled ?? false,
    server_url: settings?.url ?? "",
    device_id: identity?.deviceId ?? "",
    api_key: masked(identity?.apiKey),
    provisioning_code: maskedCode(settings?.code),
    enable_tls: settings?.tls ?? true,
    is_provisioned: identity !== undefined,
    is_connected: isConnected,
  };
}

/** Whether a key is given, and not only shown again as it was masked. */
function isWhole(key: string | undefined): key is string {
  return key !== undefined && key !== "" && !key.includes(hidden);
}

/** The identity that a change leads to; undefined if it stays as it is. Throws `SteeringRefused` for half of one. */
function changedIdentity({ device_id, api_key }: ConfigChange, identity?: DeviceIdentity): DeviceIdentity | undefined {
  const apiKey = isWhole(api_key) ? api_key : identity?.apiKey;
  const deviceId = device_id || identity?.deviceId;
  if (deviceId === identity?.deviceId && apiKey === identity?.apiKey) return undefined;
  if (deviceId && apiKey) return { deviceId, apiKey };
  throw new SteeringRefused(400, "device_id and api_key belong together: set both");
}

/** What a device has when its configuration is to be changed. */
export interface Holdings {
  readonly identity: DeviceIdentity | undefined;
  /** It has credentials at rest, whether or not it has looked at them. */
  readonly isStored: boolean;
}

/**
 * Settings with a change. What a server has given goes to no other, nor to the same in clear: whoever on the box steers the
 * device could else have it sent to themselves. Throws `SteeringRefused` for what does not fit.
 */
export function changed(
  settings: DeviceSettings,
  change: ConfigChange,
  { identity, isStored }: Holdings,
  plainHttp: PlainHttp | undefined,
): DeviceSettings {
  const { enabled = settings.enabled, server_url: url = settings.url, enable_tls: tls = settings.tls } = change;
  const own = changedIdentity(change, identity);
  const moves = !leadsTo(settings, { url, tls });
  if (moves && (identity || isStored) && !(change.device_id && isWhole(change.api_key))) {
    throw new SteeringRefused(400, "server_url and enable_tls: another server needs device_id and api_key with it");
  }
  try {
    if (enabled || url !== "") checkServer(url, "server_url");
    checkSecrecy({ url, tls }, plainHttp, "server_url");
  } catch (error) {
    if (!(error instanceof FirstbootError)) throw error;
    throw new SteeringRefused(400, error.message);
  }
  return { ...settings, enabled, url, tls, ...(moves && { code: undefined }), ...(own && { identity: own }) };
}
