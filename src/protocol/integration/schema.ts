/**
 * Bodies and answers of the integration API under `/v1` (PROTOCOLS A21, G5), which Terraform and scripts use, with the
 * additions of firstboot's own control plane.
 */
export * from "./alerts.js";
export * from "./api-keys.js";
export * from "./approval-rules.js";
export * from "./audit.js";
export * from "./blueprints.js";
export * from "./codes.js";
export * from "./devices.js";
export * from "./directory.js";
export * from "./keys.js";
export * from "./organizations.js";
export * from "./resources.js";
export * from "./sites.js";
export * from "./targets.js";
export * from "./values.js";
export * from "./webhooks.js";
