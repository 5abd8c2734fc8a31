import Database from "better-sqlite3";
import { FirstbootError, reasonOf, systemCode } from "../error.js";

/**
 * One process at a time on a data directory. The lock is SQLite's own on a file, so that it ends with the process that
 * holds it, however that ends.
 */
export class Lock {
  private constructor(readonly database: Database.Database) {}

  /** Throws FB1010 where another process has it, FB1002 where the file cannot be opened. */
  static take(path: string): Lock {
    const database = open(path);
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

function open(path: string): Database.Database {
  try {
    return new Database(path, { timeout: 0 });
  } catch (error) {
    throw new FirstbootError("FB1002", {
      what: `cannot open ${path}`,
      why: reasonOf(error),
      fix: "remove it if no firstboot runs there, or choose another directory",
      cause: error,
    });
  }
}
