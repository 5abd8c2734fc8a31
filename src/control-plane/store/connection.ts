import {
  type CompiledQuery,
  type DatabaseConnection,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import type { Process } from "../../world/process.js";
import { Slots } from "../../world/slots.js";
import type { Schema } from "./schema.js";

/** A statement's text and the values in it. */
type Statement = Pick<CompiledQuery, "sql" | "parameters">;

/**
 * SQLite's one connection, which one user at a time has to itself. Before every statement there is a step of the process:
 * a simulation may run others in between, and a killed process never gets past it.
 */
export class SteppingConnection implements DatabaseConnection {
  readonly #process: Process;
  readonly #database: SqliteDatabase;
  readonly #turn = new Slots(1);

  constructor(process: Process, database: SqliteDatabase) {
    this.#process = process;
    this.#database = database;
  }

  /** Resolves when the caller has the connection; `release` gives it to the next in line. */
  acquire(): Promise<void> {
    return this.#turn.take();
  }

  release(): void {
    this.#turn.release();
  }

  /** Runs a statement that neither reads nor writes, as a savepoint: what happens before it makes no difference. */
  mark(sql: string): Promise<void> | undefined {
    if (!this.#process.alive) return this.#process.step();
    this.#run({ sql, parameters: [] });
    return undefined;
  }

  /** Runs a statement, at once where the step before it takes no time: most statements cost less than a promise does. */
  execute<R>({ sql, parameters }: Statement): QueryResult<R> | Promise<QueryResult<R>> {
    const step = this.#process.step();
    return step ? this.#afterSteps(step, { sql, parameters }) : this.#run({ sql, parameters });
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return this.execute(query);
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
    const nothing = async (): Promise<void> => {};
    return new Kysely<Schema>({
      dialect: {
        createAdapter: () => new SqliteAdapter(),
        createIntrospector: (database) => new SqliteIntrospector(database),
        createQueryCompiler: () => new SqliteQueryCompiler(),
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

  async #afterSteps<R>(first: Promise<void>, statement: Statement): Promise<QueryResult<R>> {
    // A kill between a step and what follows it must hold too: the dead get another that never ends.
    for (
      let step: Promise<void> | undefined = first;
      step;
      step = this.#process.alive ? undefined : this.#process.step()
    )
      await step;
    return this.#run(statement);
  }

  #run<R>({ sql, parameters }: Statement): QueryResult<R> {
    const prepared = this.#database.prepare(sql);
    // What a row holds is the word of the schema that the statement was typed by.
    if (prepared.reader) return { rows: prepared.all(parameters) as R[] };
    const { changes, lastInsertRowid } = prepared.run(parameters);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }
}

/** Transactions are the batch's alone. */
async function noTransactions(): Promise<void> {
  throw new Error("commands run in the batch's transaction");
}
