import {
  type CompiledQuery,
  type DatabaseConnection,
  Kysely,
  type QueryResult,
  type SqliteDatabase,
  SqliteDialect,
} from "kysely";
import type { Process } from "../../world/process.js";
import { Slots } from "../../world/slots.js";
import type { Schema } from "./schema.js";

/**
 * SQLite's one connection, which one user at a time has to itself. Before every statement there is a step of the process:
 * a simulation may run others in between, and a killed process never gets past it.
 */
export class SteppingConnection implements DatabaseConnection {
  readonly #process: Process;
  readonly #dialect: SqliteDialect;
  #inner: DatabaseConnection | undefined;
  readonly #turn = new Slots(1);

  constructor(process: Process, database: SqliteDatabase) {
    this.#process = process;
    this.#dialect = new SqliteDialect({ database });
  }

  /** Resolves when the caller has the connection; `release` gives it to the next in line. */
  acquire(): Promise<void> {
    return this.#turn.take();
  }

  release(): void {
    this.#turn.release();
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    let step = this.#process.step();
    // A kill between a step and what follows it must hold too: the dead get another that never ends.
    while (step) {
      await step;
      step = this.#process.alive ? undefined : this.#process.step();
    }
    this.#inner ??= await this.#open();
    return this.#inner.executeQuery<R>(query);
  }

  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    yield await this.executeQuery<R>(query);
  }

  /** Kysely for queries of their own: each waits until it has the connection. */
  outside(): Kysely<Schema> {
    return this.#kysely(
      () => this.acquire(),
      () => this.release(),
    );
  }

  /** Kysely for who has the connection. */
  inside(): Kysely<Schema> {
    return this.#kysely(
      () => Promise.resolve(),
      () => {},
    );
  }

  #kysely(acquire: () => Promise<void>, release: () => void): Kysely<Schema> {
    const dialect = this.#dialect;
    const nothing = async (): Promise<void> => {};
    return new Kysely<Schema>({
      dialect: {
        createAdapter: () => dialect.createAdapter(),
        createIntrospector: (database) => dialect.createIntrospector(database),
        createQueryCompiler: () => dialect.createQueryCompiler(),
        createDriver: () => ({
          init: nothing,
          acquireConnection: () => acquire().then(() => this),
          releaseConnection: async () => release(),
          beginTransaction: noTransactions,
          commitTransaction: noTransactions,
          rollbackTransaction: noTransactions,
          destroy: nothing,
        }),
      },
    });
  }

  async #open(): Promise<DatabaseConnection> {
    const driver = this.#dialect.createDriver();
    await driver.init();
    return driver.acquireConnection();
  }
}

/** Transactions are the batch's alone. */
async function noTransactions(): Promise<void> {
  throw new Error("commands run in the batch's transaction");
}
