import { type Invariant, notJudged } from "./invariant.js";

export const keyNotOverused: Invariant = {
  name: "keys are not over-used",
  promise: "No key or batch of codes gives more credentials than its limit, and each use has its site or device.",
  judge: (evidence) => {
    const { seed, keyIds, server } = evidence;
    if (!server) return notJudged(evidence);
    const found: string[] = [];
    for (const { siteProvisioningKeyId: id, name, numUsed, maxBatchSize } of server.keys) {
      if (!keyIds.has(id)) continue;
      if (maxBatchSize !== null && numUsed > maxBatchSize)
        found.push(`key "${name}" was used ${numUsed} times of ${maxBatchSize}`);
      const sites = server.sites.filter((site) => site.siteProvisioningKeyId === id).length;
      // A server other than ours does not say which key a site came by.
      const told = server.sites.some((site) => site.siteProvisioningKeyId !== undefined);
      if (told && sites !== numUsed) found.push(`key "${name}" was used ${numUsed} times and has ${sites} sites`);
    }
    for (const { provisioningCodeId: id, name, numUsed, quantity } of server.codes) {
      const devices = server.devices.filter((device) => device.provisioningCodeId === id).length;
      if (numUsed > quantity) found.push(`codes "${name}" were used ${numUsed} times of ${quantity}`);
      if (devices > numUsed) found.push(`codes "${name}" were used ${numUsed} times and have ${devices} devices`);
    }
    return found.map((detail) => ({ detail, seed }));
  },
};
