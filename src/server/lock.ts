import Database from "better-sqlite3";
import { FirstbootError, systemCode } from "../error.js";

/**
 * One process at a time on a data directory. The lock is SQLite's own on a file, so that it ends with the process that
 * holds it, however that ends.
 */
export class Lock {
  private constructor(readonly database: Database.Database) {}

  static take(path: string): Lock {
    const database = new Database(path, { timeout: 0 });
    try {
      database.exec("BEGIN EXCLUSIVE");
      return new Lock(database);
    } catch (error) {
      database.close();
      if (systemCode(error) !== "SQLITE_BUSY") throw error;
      throw new FirstbootError("FB1010", {
        what: `the directory of ${path} is in use`,
        why: "another firstboot serves from it",
        fix: "stop that one, or choose another directory with --data",
      });
    }
  }

  release(): void {
    this.database.close();
  }
}
