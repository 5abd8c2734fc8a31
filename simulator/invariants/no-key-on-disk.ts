import { keyPattern } from "../../src/provisioning/credentials.js";
import { forEachDevice, type Invariant } from "./invariant.js";

export const noKeyOnDisk: Invariant = {
  name: "no key on disk",
  promise: "Once a device has its own credentials, no provisioning key is left in its directory.",
  judge: (evidence) =>
    forEachDevice(evidence, ({ files, enrolled, ids }) => {
      const holder = (enrolled || ids.length > 0) && files.find(({ text }) => text.search(keyPattern) >= 0);
      return holder ? { detail: `${holder.path} holds a provisioning key` } : undefined;
    }),
};
