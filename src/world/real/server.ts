import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Duplex } from "node:stream";
import { getRequestListener } from "@hono/node-server";
import { WebSocketServer } from "ws";
import { FirstbootError, reasonOf } from "../../error.js";
import type { Listener, ListenOptions, Peer, Server } from "../network.js";
import type { Process } from "../process.js";
import { socketChannel } from "./channel.js";
import { listenError } from "./listen-error.js";

/** The longest message a channel takes, bytes. */
const maxMessage = 1 << 20;

/** How long a closing server lets channels answer its goodbye and requests end, milliseconds. */
const farewell = 1_000;

/** How often a closing server hangs up on connections that have nothing more to do, milliseconds. */
const farewellCheck = 20;

/** RFC 6455: the server goes away. */
const goingAway = 1001;

const reasons: Readonly<Record<number, string>> = {
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

function peerOf(incoming: { socket?: { remoteAddress?: string | undefined } }): Peer {
  return { address: (incoming.socket?.remoteAddress ?? "").replace(/^::ffff:/, "") };
}

function flatHeaders(incoming: IncomingMessage): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return flat;
}

/**
 * A refused upgrade is a bare status line and a closed socket, so that no handshake ever happened (PROTOCOLS A8). The
 * socket is closed on both sides: a stranger who never hangs up must not keep it.
 */
function refuse(socket: Duplex, status: number): void {
  socket.once("finish", () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${reasons[status] ?? "Refused"}\r\n\r\n`);
}

function tlsServer({ certificate, key }: NonNullable<ListenOptions["tls"]>, answer: RequestListener) {
  try {
    return createTlsServer({ cert: certificate, key }, answer);
  } catch (error) {
    throw new FirstbootError("FB1002", {
      what: "the TLS certificate and key cannot be used",
      why: reasonOf(error),
      fix: "give a certificate chain and its own private key, both PEM, without a passphrase",
      cause: error,
    });
  }
}

/** Serves a listener on a TCP port, with TLS if there is a certificate. */
export async function serve(process: Process, options: ListenOptions, listener: Listener): Promise<Server> {
  const answer = getRequestListener((request, { incoming }) => listener.request(request, peerOf(incoming)), {
    overrideGlobalObjects: false,
  });
  const http = options.tls ? tlsServer(options.tls, answer) : createServer(answer);
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: maxMessage });
  const connections = new Set<Duplex>();

  // Below TLS: a stranger who never shakes hands is a connection too.
  http.on("connection", (socket: Duplex) => {
    connections.add(socket);
    socket.on("close", () => connections.delete(socket));
  });
  http.on("upgrade", (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    if (!URL.canParse(incoming.url ?? "/", "http://host")) return refuse(socket, 404);
    const url = new URL(incoming.url ?? "/", "http://host");
    listener.upgrade({ url, headers: flatHeaders(incoming), peer: peerOf(incoming) }).then(
      (verdict) => {
        if (!http.listening) return refuse(socket, 503);
        if ("refuse" in verdict) return refuse(socket, verdict.refuse);
        sockets.handleUpgrade(incoming, socket, head, (ws) => verdict.accept(socketChannel(process, ws)));
      },
      () => refuse(socket, 500),
    );
  });

  function drop(): void {
    for (const connection of connections) connection.destroy();
  }
  const release = process.holds(() => {
    http.close();
    drop();
  });
  await process.wait(
    new Promise<void>((resolve, reject) => {
      http.once("error", (error) => reject(listenError(error, options)));
      http.listen(options.port, options.host, () => {
        // Whoever died meanwhile had no port to leave yet.
        if (!process.alive) http.close();
        resolve();
      });
    }).catch((error: unknown) => {
      release();
      throw error;
    }),
  );

  const address = http.address();
  const port = address !== null && typeof address === "object" ? address.port : options.port;
  return {
    host: options.host,
    port,
    close: async () => {
      const idle = setInterval(() => http.closeIdleConnections(), farewellCheck);
      const late = setTimeout(drop, farewell);
      const closed = new Promise<void>((resolve) => http.close(() => resolve())).then(() => {
        clearInterval(idle);
        clearTimeout(late);
        release();
      });
      for (const socket of sockets.clients) socket.close(goingAway, "the server stops");
      await process.wait(closed);
    },
  };
}
