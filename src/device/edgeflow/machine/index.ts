export * from "./box-marks.js";
export * from "./described-machine.js";
export * from "./real-machine.js";
export * from "./system-files.js";
