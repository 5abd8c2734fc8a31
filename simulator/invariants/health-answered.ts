import { forEachDevice, type Invariant } from "./invariant.js";

export const healthAnswered: Invariant = {
  name: "health checks are answered",
  promise: "Each EdgeFlow device that enrolled answers the server's health check.",
  judge: (evidence) =>
    forEachDevice(evidence, ({ spec, enrolled, answered }) =>
      evidence.did.healthCheck && spec.kind === "edgeflow" && enrolled && !answered
        ? { detail: "did not answer health_check" }
        : undefined,
    ),
};
