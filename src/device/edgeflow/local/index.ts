export * from "./api.js";
export * from "./steering.js";
