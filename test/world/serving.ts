import { once } from "node:events";
import type { Server, Socket } from "node:net";
import { TLSSocket } from "node:tls";

/** Listens on a free port of the loopback and returns it. */
export async function listening(server: Server, host = "127.0.0.1"): Promise<number> {
  await once(server.listen(0, host), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}

/** The TLS end of a connection that came in by TLS. */
export function tlsOf(socket: Socket): TLSSocket {
  if (socket instanceof TLSSocket) return socket;
  throw new Error("the connection has no TLS");
}
