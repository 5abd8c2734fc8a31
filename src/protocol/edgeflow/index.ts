export * from "./api.js";
export * from "./frame.js";
