import { CompiledQuery } from "kysely";
import { FirstbootError, reasonOf, systemCode } from "../../error.js";
import type { World } from "../../world/world.js";
import type { Database, Tx } from "./schema.js";

/** Commands of one commit; a bound, since requests wait while a batch runs. */
const largestBatch = 256;

const savepoint = CompiledQuery.raw("savepoint command");
const release = CompiledQuery.raw("release command");
const rollBack = CompiledQuery.raw("rollback to command");

const storageFailure = /^SQLITE_(FULL|IOERR|BUSY|LOCKED|PROTOCOL|READONLY|CANTOPEN|NOMEM|CORRUPT|NOTADB)/;

/** A full disk, a lock or a broken file: not the fault of the command or query that met it. */
export function isStorageFailure(error: unknown): boolean {
  return storageFailure.test(systemCode(error) ?? "");
}

/** A command's outcome, told to its caller after the commit. */
type Settle = () => void;

interface Command {
  /** Runs in the batch's transaction. Rejects only with a failure of the storage, which is the whole batch's. */
  readonly run: (tx: Tx) => Promise<{ readonly keep: boolean; readonly settle: Settle }>;
  readonly fail: (error: FirstbootError) => void;
}

/** Unwinds the transaction of a command that is not kept. */
class Undone extends Error {}

/** The store could not commit: nothing of the command was done, and it may be tried again. */
export class StoreUnavailable extends FirstbootError {
  constructor(cause: unknown) {
    super("FB3003", { what: "the store cannot commit", why: reasonOf(cause), cause });
  }
}

/**
 * Grouped commits: all commands of one turn of the event loop share a transaction, each behind a savepoint of its own.
 * No caller hears of its command before the commit.
 */
export class Batch {
  readonly #world: World;
  readonly #database: Database;
  #waiting: Command[] = [];
  #draining: Promise<void> = Promise.resolve();
  #idle = true;

  constructor(world: World, database: Database) {
    this.#world = world;
    this.#database = database;
  }

  /** Runs a command that reads and writes through the transaction alone. Rejects with what it throws, or `StoreUnavailable`. */
  run<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        run: async (tx) => {
          try {
            const value = await work(tx);
            return { keep: true, settle: () => resolve(value) };
          } catch (error) {
            if (isStorageFailure(error)) throw error;
            return { keep: false, settle: () => reject(error) };
          }
        },
        fail: reject,
      });
      if (this.#idle) this.#draining = this.#drain();
    });
  }

  /** Resolves when no command waits. */
  settled(): Promise<void> {
    return this.#draining;
  }

  async #drain(): Promise<void> {
    this.#idle = false;
    while (this.#waiting.length > 0) {
      await this.#world.clock.turn();
      await this.#commit(this.#waiting.splice(0, largestBatch));
    }
    this.#idle = true;
  }

  /** One command alone needs no savepoint: what it did is undone with its transaction. */
  async #commitOne({ run }: Command): Promise<void> {
    let refused: Settle | undefined;
    const settled = await this.#database
      .transaction()
      .execute(async (tx) => {
        const { keep, settle } = await run(tx);
        if (keep) return settle;
        refused = settle;
        throw new Undone();
      })
      .catch((error: unknown) => {
        if (refused && error instanceof Undone) return refused;
        throw error;
      });
    settled();
  }

  async #commit(commands: readonly Command[]): Promise<void> {
    try {
      const [only] = commands;
      if (only && commands.length === 1) return await this.#commitOne(only);
      const outcomes = await this.#database.transaction().execute(async (tx) => {
        const settles: Settle[] = [];
        for (const command of commands) {
          await tx.executeQuery(savepoint);
          const { keep, settle } = await command.run(tx);
          if (!keep) await tx.executeQuery(rollBack);
          await tx.executeQuery(release);
          settles.push(settle);
        }
        return settles;
      });
      for (const settle of outcomes) settle();
    } catch (error) {
      const unavailable = new StoreUnavailable(error);
      this.#world.log.error("commit failed", { commands: commands.length, reason: unavailable.message });
      for (const command of commands) command.fail(unavailable);
    }
  }
}
