export * from "./control-plane.js";
export { openSqlite } from "./store/sqlite.js";
