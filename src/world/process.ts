const never = (): Promise<never> => new Promise(() => {});

/**
 * The unit that can be killed, as a power loss or `kill -9` would: after `kill` none of its operations ever settles and
 * `finally` blocks do not run. Each World belongs to one Process; a restart is a new World over the same disk.
 */
export class Process {
  readonly #ends = new Set<() => void>();
  #alive = true;

  constructor(readonly name: string) {}

  get alive(): boolean {
    return this.#alive;
  }

  /** Ends the process at once. What it holds (sockets, timers) is dropped without a goodbye. */
  kill(): void {
    if (!this.#alive) return;
    this.#alive = false;
    for (const end of this.#ends) end();
    this.#ends.clear();
  }

  /** Registers something to drop when the process is killed. Returns how to unregister it. */
  holds(drop: () => void): () => void {
    if (!this.#alive) {
      drop();
      return () => {};
    }
    this.#ends.add(drop);
    return () => this.#ends.delete(drop);
  }

  /** The outcome of an operation of this process: as long as it lives. Each dead wait gets a promise of its own. */
  async wait<T>(operation: Promise<T>): Promise<T> {
    try {
      const value = await operation;
      return this.#alive ? value : await never();
    } catch (error) {
      if (!this.#alive) return never();
      throw error;
    }
  }

  /**
   * A moment at which a simulation may let others run, or kill this process. Code that works on shared state without
   * disk or network in between (a statement of the store) takes a step before each piece. Undefined where it may go on at
   * once, which in the real world is always, as long as it lives.
   */
  step(): Promise<void> | undefined {
    return this.#alive ? undefined : never();
  }
}
