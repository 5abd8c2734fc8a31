import { forEachDevice, type Invariant } from "./invariant.js";

export const oneIdentityEach: Invariant = {
  name: "one identity each",
  promise: "No identity is lost, none is shared by two devices, and no device has two.",
  judge: (evidence) => {
    const ownerOf = new Map<string, string>();
    return forEachDevice(evidence, ({ spec, ids, enrolled }) => {
      const [id, ...others] = ids;
      if (id === undefined) return enrolled ? { detail: "has enrolled and lost its identity" } : undefined;
      if (others.length > 0) return { detail: `has had ${ids.length} identities` };
      const owner = ownerOf.get(id);
      ownerOf.set(id, spec.name);
      return owner === undefined ? undefined : { detail: `has the identity of ${owner}` };
    });
  },
};
