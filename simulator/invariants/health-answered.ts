import { forEachDevice, type Invariant } from "./invariant.js";

export const healthAnswered: Invariant = {
  name: "health checks are answered",
  promise: "Each EdgeFlow device that is asked for its health through the server answers.",
  judge: (evidence) =>
    forEachDevice(evidence, ({ asked, answered }) =>
      asked && !answered ? { detail: "did not answer health_check" } : undefined,
    ),
};
