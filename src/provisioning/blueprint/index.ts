export * from "./check.js";
export * from "./schema.js";
export * from "./text.js";
