export * from "./control-plane.js";
export { MemoryDatabase } from "./store/memory-database.js";
export { copySqlite, openSqlite } from "./store/sqlite.js";
