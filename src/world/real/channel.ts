import type { WebSocket } from "ws";
import type { Channel, ChannelListener, Message } from "../network.js";
import type { Process } from "../process.js";

type Event = (listener: ChannelListener) => void;

/** Bytes that may wait for the other end to read them; beyond, it is taken for one that never will. */
const maxUnread = 8 << 20;

/** A WebSocket of the machine as a channel that dies with its process. */
export function socketChannel(process: Process, socket: WebSocket): Channel {
  const early: Event[] = [];
  let listener: ChannelListener | undefined;

  function tell(event: Event): void {
    if (!process.alive) return;
    if (listener) event(listener);
    else early.push(event);
  }

  /** Called after everything that may write, answers to pings among it. */
  function dropUnread(): void {
    if (socket.bufferedAmount > maxUnread) socket.terminate();
  }

  const release = process.holds(() => socket.terminate());
  socket.on("message", (data, isBinary) => {
    const bytes = Buffer.isBuffer(data) ? data : Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
    const message: Message = isBinary ? bytes : bytes.toString("utf8");
    tell((to) => to.message?.(message));
  });
  socket.on("ping", () => {
    dropUnread();
    tell((to) => to.ping?.());
  });
  socket.on("pong", () => tell((to) => to.pong?.()));
  // A broken frame or connection is followed by "close" with its code, which is what the owner acts on.
  socket.on("error", () => {});
  socket.on("close", (code, reason) => {
    release();
    tell((to) => to.close?.(code, reason.toString("utf8")));
  });

  const isOpen = (): boolean => process.alive && socket.readyState === socket.OPEN;
  return {
    get open() {
      return isOpen();
    },
    send: (message) => {
      if (!isOpen()) return;
      socket.send(message);
      dropUnread();
    },
    ping: () => {
      if (isOpen()) socket.ping();
    },
    close: (code = 1000, reason = "") => {
      if (process.alive) socket.close(code, reason);
    },
    terminate: () => socket.terminate(),
    listen: (next) => {
      listener = next;
      for (const event of early.splice(0)) event(next);
    },
  };
}
