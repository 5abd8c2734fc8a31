export * from "./containers.js";
export * from "./labels.js";
