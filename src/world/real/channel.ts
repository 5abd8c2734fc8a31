import type { RawData, WebSocket } from "ws";
import type { Channel, ChannelListener, Message } from "../network.js";
import type { Process } from "../process.js";

type Event = (listener: ChannelListener) => void;

/** Bytes that may wait for the other end to read them; beyond, it is taken for one that never will. */
const maxUnread = 8 << 20;

/** A WebSocket of the machine as a channel that dies with its process. */
export class SocketChannel implements Channel {
  readonly #process: Process;
  readonly #socket: WebSocket;
  #listener: ChannelListener | undefined;
  /** What came before there was a listener; most channels have one at once. */
  #early: Event[] | undefined;

  constructor(process: Process, socket: WebSocket) {
    this.#process = process;
    this.#socket = socket;
    const release = process.holds(() => socket.terminate());
    socket.on("message", (data, isBinary) => {
      const message = messageOf(data, isBinary);
      this.#tell((to) => to.message?.(message));
    });
    socket.on("ping", () => {
      this.#dropUnread();
      this.#tell((to) => to.ping?.());
    });
    socket.on("pong", () => this.#tell((to) => to.pong?.()));
    socket.on("error", ignore);
    socket.on("close", (code, reason) => {
      release();
      const text = reason.toString("utf8");
      this.#tell((to) => to.close?.(code, text));
    });
  }

  get open(): boolean {
    return this.#process.alive && this.#socket.readyState === this.#socket.OPEN;
  }

  send(message: Message): void {
    if (!this.open) return;
    this.#socket.send(message);
    this.#dropUnread();
  }

  ping(): void {
    if (this.open) this.#socket.ping();
  }

  close(code = 1000, reason = ""): void {
    if (this.#process.alive) this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  listen(listener: ChannelListener): void {
    this.#listener = listener;
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const event of early) event(listener);
  }

  #tell(event: Event): void {
    if (!this.#process.alive) return;
    if (this.#listener) {
      event(this.#listener);
      return;
    }
    this.#early ??= [];
    this.#early.push(event);
  }

  /** Called after everything that may write, answers to pings among it. */
  #dropUnread(): void {
    if (this.#socket.bufferedAmount > maxUnread) this.#socket.terminate();
  }
}

function messageOf(data: RawData, isBinary: boolean): Message {
  const bytes = Buffer.isBuffer(data) ? data : Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
  return isBinary ? bytes : bytes.toString("utf8");
}

/** A broken frame or connection is followed by "close" with its code, which is what the owner acts on. */
function ignore(): void {}
