import { Agent, Client, type Dispatcher } from "undici";
import type { Process } from "../process.js";
import type { TlsTrust } from "./trust.js";

/** How long a connection is kept for the next request, milliseconds, however long its server would. */
const keepAliveMaxTimeout = 4_000;

/** A connection for requests one after the other, and the word that it is not held any more. */
interface Line {
  readonly origin: string;
  readonly client: Client;
  readonly release: () => void;
}

/**
 * The connections that a process keeps for its requests. Most devices ask one thing after the other of one server, and then
 * nothing for hours: they have one connection, and nothing once that is closed. A pool is for those that ask more at a time,
 * since its queues are large.
 */
export class KeptConnections {
  #line: Line | undefined;
  #isBusy = false;
  #pool: Agent | undefined;

  constructor(
    private readonly process: Process,
    private readonly trust: TlsTrust,
  ) {}

  /** @param lasting the connection may be in use when the work is done. */
  async use<T>(origin: string, lasting: boolean, work: (dispatcher: Dispatcher) => Promise<T>): Promise<T> {
    if (this.#isBusy || lasting) return work(this.#poolOf());
    this.#isBusy = true;
    const { client } = this.#lineTo(origin);
    try {
      return await work(client);
    } finally {
      this.#isBusy = false;
      this.#tidy();
    }
  }

  #lineTo(origin: string): Line {
    if (this.#line?.origin === origin) return this.#line;
    this.#drop();
    const client = new Client(origin, { connect: this.trust, keepAliveMaxTimeout });
    client.on("disconnect", () => this.#tidy());
    this.#line = { origin, client, release: this.process.holds(() => void client.destroy()) };
    return this.#line;
  }

  /** Lets go of what has lost its connection. */
  #tidy(): void {
    if (!this.#isBusy && this.#line?.client.stats.connected === false) this.#drop();
  }

  #drop(): void {
    const line = this.#line;
    this.#line = undefined;
    line?.release();
    void line?.client.destroy();
  }

  #poolOf(): Agent {
    if (this.#pool) return this.#pool;
    const pool = new Agent({ connect: this.trust, keepAliveMaxTimeout });
    this.process.holds(() => void pool.destroy());
    this.#pool = pool;
    return pool;
  }
}
