import type { DeviceEvidence } from "../evidence.js";
import { siteConfig } from "../site-identity.js";
import { type Finding, forEachDevice, type Invariant } from "./invariant.js";

const apiKey = /efk_[A-Za-z0-9]{16,}/;

export const privateCredentials: Invariant = {
  name: "credentials are private",
  promise: "Credentials lie on a device's disk for its owner's eyes only, an EdgeFlow key never in the clear.",
  judge: (evidence) =>
    forEachDevice(evidence, (device) => {
      if (!device.enrolled) return undefined;
      return device.spec.kind === "newt" ? judgeSite(device) : judgeEdgeFlow(device);
    }),
};

function judgeSite({ files }: DeviceEvidence): Finding {
  const config = siteConfig(files);
  if (!config?.id || !config.secret) return { detail: "newt.json holds no id and secret" };
  if (config.provisioningKey !== undefined || config.name !== undefined) {
    return { detail: "newt.json still holds the key or the name of the bootstrap" };
  }
  const { secret } = config;
  const open = files.find(({ text, mode }) => text.includes(secret) && mode !== 0o600);
  return open && { detail: `${open.path} has mode 0${open.mode.toString(8)}` };
}

function judgeEdgeFlow({ files }: DeviceEvidence): Finding {
  const open = files.find(({ mode }) => (mode & 0o077) !== 0);
  if (open) return { detail: `${open.path} has mode 0${open.mode.toString(8)}` };
  const clear = files.find(({ text }) => apiKey.test(text));
  return clear && { detail: `${clear.path} holds the API key in the clear` };
}
