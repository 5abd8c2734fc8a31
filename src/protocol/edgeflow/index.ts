export * from "./actions.js";
export * from "./api.js";
export * from "./frame.js";
export * from "./frame-time.js";
