import { forEachDevice, type Invariant } from "./invariant.js";

export const noGhosts: Invariant = {
  name: "no ghosts",
  promise: "Each site and device on the server is one of the fleet's, and each enrolled device is on the server.",
  judge: (evidence) => {
    const { seed, server, keyIds, devices } = evidence;
    const ours = new Set(devices.flatMap(({ ids }) => ids));
    const batches = new Set(
      server.devices.filter(({ deviceId }) => ours.has(deviceId)).map(({ provisioningCodeId }) => provisioningCodeId),
    );
    const known = new Set<string | null | undefined>([
      ...server.sites.map(({ newtId }) => newtId),
      ...server.devices.map(({ deviceId }) => deviceId),
    ]);

    const ghostSites = server.sites
      .filter(({ siteProvisioningKeyId }) => keyIds.has(siteProvisioningKeyId ?? ""))
      .filter(({ newtId }) => !ours.has(newtId ?? ""))
      .map(({ siteId, name }) => ({ detail: `site ${siteId} "${name}" belongs to no device`, seed }));
    const ghostDevices = server.devices
      .filter(({ provisioningCodeId }) => provisioningCodeId !== null && batches.has(provisioningCodeId))
      .filter(({ deviceId }) => !ours.has(deviceId))
      .map(({ deviceId }) => ({ detail: `${deviceId} on the server belongs to no device`, seed }));
    const lost = forEachDevice(evidence, ({ enrolled, ids }) =>
      enrolled && !ids.every((id) => known.has(id))
        ? { detail: "has enrolled and the server does not know it" }
        : undefined,
    );
    return [...ghostSites, ...ghostDevices, ...lost];
  },
};
