export * from "./check.js";
export * from "./finding.js";
export * from "./schema.js";
export * from "./text.js";
