/**
 * What a CDKTF app imports: rollouts as code, checked when they are synthesised.
 *
 * @packageDocumentation
 */
export { Duration } from "../src/provisioning/duration.js";
export type { EdgeflowEnvProps } from "./artifacts/edgeflow-env.js";
export type { NewtConfigProps } from "./artifacts/newt-config.js";
export * from "./blueprint.js";
export * from "./customer-rollout.js";
export { FirstbootProvider, type FirstbootProviderConfig } from "./generated/index.js";
export type { ExpiryProps } from "./limits.js";
export * from "./onboarding-artifacts.js";
export * from "./provisioning-codes.js";
export * from "./provisioning-key.js";
export type { Secret } from "./secret.js";
