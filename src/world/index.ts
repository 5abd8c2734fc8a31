export * from "./clock.js";
export * from "./disk.js";
export * from "./durable.js";
export * from "./log.js";
export * from "./network.js";
export * from "./process.js";
export * from "./random.js";
export * from "./slots.js";
export type * from "./world.js";
