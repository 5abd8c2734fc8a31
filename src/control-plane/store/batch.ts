import { CompiledQuery } from "kysely";
import { FirstbootError, reasonOf, systemCode } from "../../error.js";
import type { World } from "../../world/world.js";
import type { SteppingConnection } from "./connection.js";
import { Bulletin } from "./news.js";
import type { Tx } from "./schema.js";
import { openStatements } from "./statement.js";

/** Commands of one commit; a bound, since requests wait while a batch runs. */
const largestBatch = 256;

/** Turns of the event loop that bring no command before those that wait are committed; together less than 0.1 ms. */
const barrenTurns = 4;

/** How long after a commit a command counts as one of a crowd, milliseconds. */
const busyMs = 20;

/** Waits for who else writes, if anybody does: a transaction that only becomes a writer later would not. */
const begin = "begin immediate";
const commit = CompiledQuery.raw("commit");
const rollBack = CompiledQuery.raw("rollback");
const savepoint = "savepoint command";
const release = "release command";
const rollBackTo = "rollback to command";

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
  readonly #connection: SteppingConnection;
  readonly #tx: Tx;
  /** What was told by commands that are committed. */
  readonly bulletin: Bulletin;
  #waiting: Command[] = [];
  #draining: Promise<void> = Promise.resolve();
  #idle = true;
  /** When the last commit ended: monotonic time, milliseconds. */
  #committedAt = Number.NEGATIVE_INFINITY;

  constructor(
    world: World,
    connection: SteppingConnection,
    private readonly committed: (commands: number) => void,
  ) {
    this.#world = world;
    this.#connection = connection;
    this.#tx = connection.inside();
    openStatements(this.#tx, connection);
    this.bulletin = new Bulletin(this.#tx);
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

  /** Runs a statement that reads, when no commit is under way: one statement needs no transaction. */
  async look<T>(read: (tx: Tx) => Promise<T>): Promise<T> {
    await this.#connection.acquire();
    try {
      return await read(this.#tx);
    } finally {
      this.#connection.release();
    }
  }

  /** Commands that are not committed yet; those of the commit that is under way are not among them. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Resolves when no command waits. */
  settled(): Promise<void> {
    return this.#draining;
  }

  async #drain(): Promise<void> {
    this.#idle = false;
    while (this.#waiting.length > 0) {
      await this.#gather();
      await this.#commit(this.#waiting.splice(0, largestBatch));
      this.#committedAt = this.#world.clock.monotonic();
    }
    this.#idle = true;
  }

  /**
   * Waits to the end of the turn, and while more comes if there may be a crowd: a commit waits for the disk, and of a crowd
   * the event loop lets in one each turn, which without that would each have a commit of its own.
   */
  async #gather(): Promise<void> {
    await this.#world.clock.turn();
    for (let barren = 1; barren < barrenTurns && this.#isGathering(); ) {
      const before = this.#waiting.length;
      await this.#world.clock.turn();
      barren = this.#waiting.length > before ? 0 : barren + 1;
    }
  }

  /** Whether others may come along: some have, or there was a commit just now. */
  #isGathering(): boolean {
    const { length } = this.#waiting;
    return length < largestBatch && (length > 1 || this.#world.clock.monotonic() - this.#committedAt < busyMs);
  }

  async #commit(commands: readonly Command[]): Promise<void> {
    try {
      const [only] = commands;
      if (only && commands.length === 1) await this.#commitOne(only);
      else await this.#commitAll(commands);
      this.committed(commands.length);
    } catch (error) {
      const unavailable = new StoreUnavailable(error);
      this.#world.log.error("commit failed", { commands: commands.length, reason: unavailable.message });
      for (const command of commands) command.fail(unavailable);
    }
  }

  /** One command alone needs no savepoint: what it did is undone with its transaction. */
  async #commitOne({ run }: Command): Promise<void> {
    let refused: Settle | undefined;
    const settle = await this.#transaction(async () => {
      const outcome = await run(this.#tx);
      if (outcome.keep) return outcome.settle;
      refused = outcome.settle;
      throw new Undone();
    }).catch((error: unknown) => {
      if (refused && error instanceof Undone) return refused;
      throw error;
    });
    this.bulletin.publish();
    settle();
  }

  async #commitAll(commands: readonly Command[]): Promise<void> {
    const settles = await this.#transaction(async () => {
      const outcomes: Settle[] = [];
      for (const { run } of commands) {
        await this.#connection.mark(savepoint);
        const told = this.bulletin.length;
        const { keep, settle } = await run(this.#tx);
        if (!keep) {
          await this.#connection.mark(rollBackTo);
          this.bulletin.cut(told);
        }
        await this.#connection.mark(release);
        outcomes.push(settle);
      }
      return outcomes;
    });
    this.bulletin.publish();
    for (const settle of settles) settle();
  }

  async #transaction<T>(work: () => Promise<T>): Promise<T> {
    const connection = this.#connection;
    await connection.acquire();
    try {
      await connection.mark(begin);
      const value = await work();
      await connection.execute(commit);
      return value;
    } catch (error) {
      this.bulletin.cut(0);
      // SQLite rolls back by itself where the disk is full or fails; to do it again must not hide that reason.
      await connection.executeQuery(rollBack).catch(() => undefined);
      throw error;
    } finally {
      connection.release();
    }
  }
}
