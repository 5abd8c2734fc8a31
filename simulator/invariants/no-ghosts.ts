import type { DeviceEvidence, Evidence, ServerEvidence } from "../evidence.js";
import { refusalIn } from "../refusal.js";
import type { DeviceSpec } from "../spec.js";
import { forEachDevice, type Invariant, notJudged, type Violation } from "./invariant.js";

/** Devices of a kind that were cut off in their exchange and can ask for its answer again with the nonce they keep. */
function askingAgain({ devices }: Evidence, kind: DeviceSpec["kind"]): number {
  const isAsking = ({ spec, ids, files, history }: DeviceEvidence): boolean =>
    spec.kind === kind &&
    ids.length === 0 &&
    files.some(({ path }) => path.endsWith("nonce")) &&
    refusalIn(history) === undefined;
  return devices.filter(isAsking).length;
}

/** How long after the end of its lease a server may take to give a use back, milliseconds. */
const graceMs = 60_000;

/** Whether a use on a lease may yet be given back: a lost answer costs it for so long. */
function isOnLease(
  { at }: ServerEvidence,
  createdAt: string | null | undefined,
  from: { readonly reclaimAfter?: number | undefined } | undefined,
): boolean {
  if (from?.reclaimAfter === undefined || !createdAt) return false;
  return Date.parse(createdAt) + from.reclaimAfter * 1_000 + graceMs > at;
}

/** What belongs to no device, unless one of these can still claim it. */
function ghosts(found: readonly string[], claimed: number, { seed }: Evidence): Violation[] {
  return found.slice(claimed).map((detail) => ({ detail: `${detail} belongs to no device`, seed }));
}

export const noGhosts: Invariant = {
  name: "no ghosts",
  promise: "Each site and device on the server is one of the fleet's, and each enrolled device is on the server.",
  judge: (evidence) => {
    const { server, keyIds, devices } = evidence;
    if (!server) return notJudged(evidence);
    const ours = new Set(devices.flatMap(({ ids }) => ids));
    const batches = new Set(
      server.devices.filter(({ deviceId }) => ours.has(deviceId)).map(({ provisioningCodeId }) => provisioningCodeId),
    );
    const known = new Set<string | null | undefined>([
      ...server.sites.map(({ newtId }) => newtId),
      ...server.devices.map(({ deviceId }) => deviceId),
    ]);

    const keys = new Map(server.keys.map((key) => [key.siteProvisioningKeyId, key]));
    const codes = new Map(server.codes.map((batch) => [batch.provisioningCodeId, batch]));
    const ghostSites = server.sites
      .filter(({ siteProvisioningKeyId }) => keyIds.has(siteProvisioningKeyId ?? ""))
      .filter(({ newtId }) => !ours.has(newtId ?? ""))
      .filter((site) => !isOnLease(server, site.createdAt, keys.get(site.siteProvisioningKeyId ?? "")))
      .map(({ siteId, name }) => `site ${siteId} "${name}"`);
    const ghostDevices = server.devices
      .filter(({ provisioningCodeId }) => provisioningCodeId !== null && batches.has(provisioningCodeId))
      .filter(({ deviceId }) => !ours.has(deviceId))
      .filter((device) => !isOnLease(server, device.createdAt, codes.get(device.provisioningCodeId ?? "")))
      .map(({ deviceId }) => `${deviceId} on the server`);
    const lost = forEachDevice(evidence, ({ enrolled, ids }) =>
      enrolled && !ids.every((id) => known.has(id))
        ? { detail: "has enrolled and the server does not know it" }
        : undefined,
    );
    return [
      ...ghosts(ghostSites, askingAgain(evidence, "newt"), evidence),
      ...ghosts(ghostDevices, askingAgain(evidence, "edgeflow"), evidence),
      ...lost,
    ];
  },
};
