import { dirname, join } from "node:path/posix";
import { FirstbootError } from "../../error.js";
import { attemptOnly, removeDurably } from "../files.js";
import type { Host } from "../host.js";
import { dropLeftNonce, nonceHeaders } from "../nonce.js";
import { exchange } from "./cloud.js";
import { type Facts, sortedFacts } from "./facts.js";
import type { DeviceIdentity, DeviceSettings } from "./settings.js";
import { Vault } from "./vault.js";

function requireCode({ code }: DeviceSettings): string {
  if (code !== undefined) return code;
  throw new FirstbootError("FB1005", {
    what: "the device has no credentials and no provisioning code",
    fix: "set EDGEFLOW_PROVISIONING_CODE, or EDGEFLOW_DEVICE_ID and EDGEFLOW_API_KEY",
  });
}

/**
 * A device's identity: the administrator's, else the stored one, else a new one for its code. New credentials are safe on
 * disk when this returns, as safe as the persona makes them; a code is ignored once there are any. Throws FB1005 or FB1002,
 * `Ended` when refused for good.
 */
export async function provision(
  host: Host,
  settings: DeviceSettings,
  stateDirectory: string,
  facts: Facts,
): Promise<DeviceIdentity> {
  if (settings.identity) return settings.identity;
  const { persona, world } = host;
  const keeps = persona.storage !== "memory";
  const vault = new Vault(host, stateDirectory);
  const nonceFile = join(stateDirectory, "nonce");

  const stored = keeps ? await vault.read() : undefined;
  const { device_id: deviceId, api_key: apiKey } = stored ?? (await enrol());
  const drop = stored ? dropLeftNonce : removeDurably;
  if (persona.nonce) await attemptOnly(host, () => drop(host, nonceFile));
  return { deviceId, apiKey };

  async function enrol() {
    const provisioning_code = requireCode(settings);
    if (keeps) {
      await world.disk.makeDirectory(stateDirectory);
      await world.disk.fsyncDirectory(dirname(stateDirectory));
      await vault.prepare();
    }
    const nonce = await nonceHeaders(host, nonceFile);
    const given = await host.persistently(persona.exchangeRetry, () =>
      exchange(host, settings, { provisioning_code, ...sortedFacts(facts) }, nonce),
    );
    if (keeps) await vault.write(given);
    return given;
  }
}
