import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { HttpResponse, UnreadableStatus } from "../network.js";

/** How long the other end may go on sending before the connection is dropped, milliseconds: a reset would undo the answer. */
const linger = 500;

const lastAnswers = new WeakSet<Duplex>();

/** Answers on a bare socket for the last time. A stranger who never hangs up must not keep it. */
export function hangUp(socket: Duplex, { status, headers, body }: HttpResponse): void {
  if (lastAnswers.has(socket)) return;
  if (!socket.writable) return void socket.destroy();
  lastAnswers.add(socket);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Refused"}\r\n${lines.join("")}\r\n${body}`);
  // What still comes is read and forgotten, so that the end is noticed.
  socket.resume();
  setTimeout(() => socket.destroy(), linger).unref();
}

const statuses: ReadonlyMap<string, UnreadableStatus> = new Map([
  ["ERR_HTTP_REQUEST_TIMEOUT", 408],
  ["HPE_HEADER_OVERFLOW", 431],
]);

/** What to say to bytes that an HTTP parser gave up on. */
export function unreadableStatus(code: string | undefined): UnreadableStatus {
  return statuses.get(code ?? "") ?? 400;
}
