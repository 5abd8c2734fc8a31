export * from "./provider.js";
export * from "./provisioning-code.js";
export * from "./provisioning-key.js";
