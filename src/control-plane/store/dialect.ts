import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  SqliteDialect,
  type SqliteDialectConfig,
  type TransactionSettings,
} from "kysely";
import type { Process } from "../../world/process.js";

/**
 * SQLite with a step of the process before every statement: a simulation may run others in between, and a killed
 * process never gets past it.
 */
export class SteppingDialect extends SqliteDialect {
  readonly #process: Process;

  constructor(process: Process, config: SqliteDialectConfig) {
    super(config);
    this.#process = process;
  }

  override createDriver(): Driver {
    return new SteppingDriver(super.createDriver(), this.#process);
  }
}

class SteppingDriver implements Driver {
  readonly #driver: Driver;
  readonly #process: Process;
  #connection: DatabaseConnection | undefined;

  constructor(driver: Driver, process: Process) {
    this.#driver = driver;
    this.#process = process;
  }

  init(): Promise<void> {
    return this.#driver.init();
  }

  /** SQLite has one connection, which its driver hands to one user at a time. */
  async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await this.#driver.acquireConnection();
    this.#connection ??= new SteppingConnection(connection, this.#process);
    return this.#connection;
  }

  beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    return this.#driver.beginTransaction(connection, settings);
  }

  commitTransaction(connection: DatabaseConnection): Promise<void> {
    return this.#driver.commitTransaction(connection);
  }

  /** SQLite rolls back by itself where the disk is full or fails; to do it again must not hide that reason. */
  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await this.#driver.rollbackTransaction(connection).catch(() => undefined);
  }

  releaseConnection(connection: DatabaseConnection): Promise<void> {
    return this.#driver.releaseConnection(connection);
  }

  destroy(): Promise<void> {
    return this.#driver.destroy();
  }
}

class SteppingConnection implements DatabaseConnection {
  readonly #connection: DatabaseConnection;
  readonly #process: Process;

  constructor(connection: DatabaseConnection, process: Process) {
    this.#connection = connection;
    this.#process = process;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    await this.#process.step();
    // A kill between the step and this line must hold too.
    if (!this.#process.alive) await this.#process.step();
    return this.#connection.executeQuery<R>(query);
  }

  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    yield await this.executeQuery<R>(query);
  }
}
