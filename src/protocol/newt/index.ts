export * from "./api.js";
export * from "./message.js";
