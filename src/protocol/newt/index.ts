export * from "./api.js";
export { encodeHeartbeat, encodePong, knownHeartbeat } from "./heartbeat.js";
export * from "./message.js";
