import { connect } from "node:net";
import { type KnockOptions, NetworkError } from "../network.js";
import type { Process } from "../process.js";
import { networkError } from "./network-error.js";

/** Connects to a TCP port of others and leaves again; the connection dies with its process. */
export function knock(process: Process, { host, port, timeoutMs }: KnockOptions): Promise<void> {
  // To the system no name means this machine.
  if (host === "") return process.wait(Promise.reject(new NetworkError("Invalid host name")));
  const knocked = new Promise<void>((resolve, reject) => {
    const socket = connect({ host, port });
    const late = setTimeout(() => socket.destroy(timedOut(timeoutMs)), timeoutMs);
    const release = process.holds(() => socket.destroy());
    socket.once("connect", () => {
      resolve();
      socket.destroy();
    });
    socket.once("error", reject);
    socket.once("close", () => {
      clearTimeout(late);
      release();
    });
  });
  return process.wait(
    knocked.catch((error: unknown) => {
      throw error instanceof NetworkError ? error : networkError(error);
    }),
  );
}

function timedOut(timeoutMs: number): NetworkError {
  return new NetworkError(`no connection within ${timeoutMs} ms`, { kind: "timeout" });
}
