export * from "./api.js";
export { encodeHeartbeat, knownHeartbeat } from "./heartbeat.js";
export * from "./message.js";
