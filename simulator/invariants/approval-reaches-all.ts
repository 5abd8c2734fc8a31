import { forEachDevice, type Invariant, notJudged } from "./invariant.js";

export const approvalReachesAll: Invariant = {
  name: "approval reaches all",
  promise: "Each site that was listed as pending and approved is approved on the server.",
  judge: (evidence) => {
    const { server } = evidence;
    if (!server) return notJudged(evidence);
    const statusOf = new Map(server.sites.map(({ newtId, status }) => [newtId ?? "", status]));
    return forEachDevice(evidence, ({ listed, ids }) =>
      listed && statusOf.get(ids[0] ?? "") !== "approved"
        ? { detail: "was listed as pending and is not approved" }
        : undefined,
    );
  },
};
