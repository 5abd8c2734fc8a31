import { createServer, type IncomingMessage, type RequestListener, type ServerOptions } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Duplex } from "node:stream";
import { getRequestListener, RequestError } from "@hono/node-server";
import { WebSocketServer } from "ws";
import { FirstbootError, reasonOf, systemCode } from "../../error.js";
import {
  defaultLimits,
  type HttpResponse,
  type Listener,
  type ListenOptions,
  type Peer,
  type Server,
  type ServerLimits,
  type UnreadableStatus,
} from "../network.js";
import type { Process } from "../process.js";
import { SocketChannel } from "./channel.js";
import { Connections, plainAddress } from "./connections.js";
import { boundHandshakes } from "./handshakes.js";
import { hangUp, unreadableStatus } from "./hang-up.js";
import { listenError } from "./listen-error.js";

/** The longest message a channel takes, bytes. */
const maxMessage = 1 << 20;

/** How long a closing server lets channels answer its goodbye and requests end, milliseconds. */
const farewell = 1_000;

/** How often a closing server hangs up on connections that have nothing more to do, milliseconds. */
const farewellCheck = 20;

/** The longest time between two looks for requests that take too long, milliseconds. */
const longestCheck = 1_000;

/** Newcomers that wait in the system until they are let in: of a fleet that comes at once, more would wait for a second try. */
const backlog = 4_096;

/** RFC 6455: the server goes away. */
const goingAway = 1001;

function peerOf(incoming: { socket?: { remoteAddress?: string | undefined } }): Peer {
  return { address: plainAddress(incoming.socket?.remoteAddress) };
}

function flatHeaders(incoming: IncomingMessage): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return flat;
}

/** A refused upgrade says no more than it must, so that no handshake ever happened (PROTOCOLS A8). */
function refuse(socket: Duplex, status: number, headers: Readonly<Record<string, string>> = {}): void {
  hangUp(socket, { status, headers, body: "" });
}

function parserOptions(limits: ServerLimits): ServerOptions {
  const { headerBytes, headersTimeoutMs, requestTimeoutMs, keepAliveMs } = limits;
  return {
    maxHeaderSize: headerBytes,
    headersTimeout: Math.min(headersTimeoutMs, requestTimeoutMs),
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.min(longestCheck, headersTimeoutMs, requestTimeoutMs),
    keepAliveTimeout: keepAliveMs,
    // One without is told so by the listener's own words.
    requireHostHeader: false,
  };
}

function tlsServer({ tls, limits }: { tls: NonNullable<ListenOptions["tls"]>; limits: ServerLimits }) {
  const { certificate: cert, key } = tls;
  try {
    const server = createTlsServer({ ...parserOptions(limits), cert, key, handshakeTimeout: limits.headersTimeoutMs });
    boundHandshakes(server, limits);
    return server;
  } catch (error) {
    throw new FirstbootError("FB1002", {
      what: "the TLS certificate and key cannot be used",
      why: reasonOf(error),
      fix: "give a certificate chain and its own private key, both PEM, without a passphrase",
      cause: error,
    });
  }
}

/** What a listener says to what never became a request, and that the connection ends. */
function unreadable(listener: Listener, status: UnreadableStatus): HttpResponse {
  const { headers, body } = listener.unreadable?.(status) ?? { headers: {}, body: "" };
  const framing = { connection: "close", "content-length": String(Buffer.byteLength(body)) };
  return { status, headers: { ...headers, ...framing }, body };
}

function requestListener(listener: Listener, ownsProcess: boolean): RequestListener {
  return getRequestListener((request, { incoming }) => listener.request(request, peerOf(incoming)), {
    overrideGlobalObjects: ownsProcess,
    errorHandler: (error) => {
      if (!(error instanceof RequestError)) return new Response(null, { status: 500 });
      return new Response(...asInit(unreadable(listener, 400)));
    },
  });
}

function asInit({ status, headers, body }: HttpResponse): [body: string, init: ResponseInit] {
  return [body, { status, headers }];
}

/** What lives as long as a channel holds nothing of the request that opened it. */
function destroyBroken(this: Duplex): void {
  this.destroy();
}

/** Serves a listener on a TCP port, with TLS if there is a certificate. */
export async function serve(process: Process, options: ListenOptions, listener: Listener): Promise<Server> {
  const limits: ServerLimits = { ...defaultLimits, ...options.limits };
  const { tls, isProxy = () => false, ownsProcess = false } = options;
  const http = tls ? tlsServer({ tls, limits }) : createServer(parserOptions(limits));
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: maxMessage });
  const connections = new Connections(limits, isProxy);

  http.maxConnections = limits.connections;
  // Bytes are the bound: of more headers than a count the last would be left out, which are those that proxies add.
  http.maxHeadersCount = 0;
  http.timeout = limits.silenceMs;
  http.on("connection", (socket) => connections.admit(socket));
  http.on("request", requestListener(listener, ownsProcess));
  http.on("clientError", (error, socket) => hangUp(socket, unreadable(listener, unreadableStatus(systemCode(error)))));
  http.on("checkExpectation", (_incoming, outgoing) => {
    const { status, headers, body } = unreadable(listener, 417);
    outgoing.writeHead(status, headers).end(body);
  });
  sockets.on("wsClientError", (_error, socket) => hangUp(socket, unreadable(listener, 400)));
  http.on("upgrade", (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", destroyBroken);
    if (!URL.canParse(incoming.url ?? "/", "http://host")) return hangUp(socket, unreadable(listener, 400));
    const url = new URL(incoming.url ?? "/", "http://host");
    listener.upgrade({ url, headers: flatHeaders(incoming), peer: peerOf(incoming) }).then(
      (verdict) => {
        if (!http.listening) return refuse(socket, 503);
        if ("refuse" in verdict) return refuse(socket, verdict.refuse, verdict.headers);
        sockets.handleUpgrade(incoming, socket, head, (ws) => verdict.accept(new SocketChannel(process, ws)));
      },
      () => refuse(socket, 500),
    );
  });

  const release = process.holds(() => {
    http.close();
    connections.drop();
  });
  await process.wait(
    new Promise<void>((resolve, reject) => {
      http.once("error", (error) => reject(listenError(error, options)));
      http.listen({ port: options.port, host: options.host, backlog }, () => {
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
      const late = setTimeout(() => connections.drop(), farewell);
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
