import Database from "better-sqlite3";
import type { SqliteDatabase, SqliteStatement } from "kysely";
import { FirstbootError, reasonOf, systemCode } from "../../error.js";
import { migrations } from "./migrations.js";

/** Marks a file as ours in its header: "FBcp". */
const applicationId = 0x46426370;

/** SQLite's name for a database in memory. */
const memory = ":memory:";

/**
 * How long is waited for another process that holds the file, milliseconds: to open it, and for a statement, during which
 * nothing else is served.
 */
const patience = { open: 5_000, statement: 25 } as const;

/** A database of this version without a row, to begin those in memory with: to make one takes twenty times as long. */
let blank: Buffer | undefined;

/** Statements kept prepared; a bound, since the text of some varies with their filters. */
const preparedLimit = 500;

/**
 * Opens a control plane's database file, or ":memory:", and brings its schema up to date.
 * FB1002: the file cannot be opened or written. FB1010: it is not a control plane's database, or a newer version's.
 */
export function openSqlite(path: string): SqliteDatabase {
  let database: Database.Database | undefined;
  try {
    database = new Database((path === memory && blank) || path, { timeout: patience.open });
    claim(database, path);
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    // Pages of the log before they go to their places, which commits wait for; and memory for pages, kibibytes.
    database.pragma("wal_autocheckpoint = 8000");
    database.pragma("cache_size = -65536");
    migrate(database);
    if (path === memory) blank ??= database.serialize();
    database.pragma("foreign_keys = ON");
    database.pragma(`busy_timeout = ${patience.statement}`);
    return withPreparedCache(database);
  } catch (error) {
    database?.close();
    throw openError(error, path);
  }
}

/** More pages than a database has. */
const allPages = 0x7fffffff;

/**
 * Copies a control plane's database file as it is at one moment, while another process goes on writing to it. Errors as of
 * `openSqlite`, for either file.
 */
export async function copySqlite(from: string, to: string): Promise<void> {
  const database = openToRead(from);
  try {
    // In one step: a copy in several begins again whenever somebody has written in between.
    await database.backup(to, { progress: () => allPages });
  } catch (error) {
    throw openError(error, to);
  } finally {
    database.close();
  }
}

function openToRead(path: string): Database.Database {
  let database: Database.Database | undefined;
  try {
    database = new Database(path, { readonly: true, fileMustExist: true, timeout: patience.open });
    claim(database, path);
    return database;
  } catch (error) {
    database?.close();
    throw openError(error, path);
  }
}

/** Accepts an empty file and one of ours, refuses any other before anything is written to it. */
function claim(database: Database.Database, path: string): void {
  const id = database.pragma("application_id", { simple: true });
  const version = schemaVersion(database);
  const empty = database.prepare("select count(*) from sqlite_master").pluck().get() === 0;
  if (id !== applicationId && !(id === 0 && version === 0 && empty)) {
    throw new FirstbootError("FB1010", {
      what: `${path} is not a control plane's database`,
      fix: "choose another data directory",
    });
  }
  if (version > migrations.length) {
    throw new FirstbootError("FB1010", {
      what: `${path} was written by a newer version of firstboot`,
      why: `its schema is number ${version}, this version knows ${migrations.length}`,
      fix: "update firstboot, or choose another data directory",
    });
  }
}

function schemaVersion(database: Database.Database): number {
  return Number(database.pragma("user_version", { simple: true }));
}

/**
 * Applies what is missing, each migration whole or not at all. References are checked at its end only, so that a table may
 * be made anew while others refer to it.
 */
function migrate(database: Database.Database): void {
  database.pragma("foreign_keys = OFF");
  for (const [index, statements] of migrations.entries()) {
    if (index < schemaVersion(database)) continue;
    const apply = database.transaction(() => {
      database.exec(statements);
      const [loose] = database.prepare("pragma foreign_key_check").pluck().all();
      if (loose !== undefined) throw new Error(`rows of ${loose} refer to what is not there`);
      database.pragma(`application_id = ${applicationId}`);
      database.pragma(`user_version = ${index + 1}`);
    });
    apply.exclusive();
  }
}

function withPreparedCache(database: Database.Database): SqliteDatabase {
  const prepared = new Map<string, SqliteStatement>();
  return {
    prepare: (sql) => {
      let statement = prepared.get(sql);
      if (!statement) {
        if (prepared.size >= preparedLimit) prepared.clear();
        statement = database.prepare(sql);
        prepared.set(sql, statement);
      }
      return statement;
    },
    close: () => void database.close(),
  };
}

function openError(error: unknown, path: string): unknown {
  if (error instanceof FirstbootError) return error;
  const code = systemCode(error) ?? "";
  if (code === "SQLITE_NOTADB" || code.startsWith("SQLITE_CORRUPT")) {
    return new FirstbootError("FB1010", {
      what: `${path} is not a control plane's database`,
      why: reasonOf(error),
      fix: "choose another data directory, or restore the file from a copy",
      cause: error,
    });
  }
  if (code.startsWith("SQLITE_BUSY")) {
    return new FirstbootError("FB1010", {
      what: `${path} is in use by another process`,
      fix: "stop that process, or choose another data directory",
      cause: error,
    });
  }
  return new FirstbootError("FB1002", {
    what: `cannot open or write the database ${path}`,
    why: reasonOf(error),
    fix: "check that its directory exists and may be written",
    cause: error,
  });
}
