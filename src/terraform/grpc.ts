import {
  createSecureServer,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type SecureServerOptions,
  type ServerHttp2Stream,
} from "node:http2";

/** A call with one request and one response, both encoded messages. */
export type Unary = (request: Uint8Array) => Promise<Uint8Array>;

export interface GrpcServices {
  /** By path: `/package.Service/Method`. */
  readonly unary: ReadonlyMap<string, Unary>;
  /** Streams that never say anything and end when the client leaves. */
  readonly silent: ReadonlySet<string>;
  /** Called when the answer to a unary call has been sent. */
  answered?(path: string): void;
}

/** Statuses of gRPC (its specification's status codes). */
const status = { ok: 0, unimplemented: 12, internal: 13 } as const;

const answerHeaders = { ":status": 200, "content-type": "application/grpc" } as const;
/** Plans of thousands of resources come one by one, but a schema or state may be large. */
const windowSize = 1 << 20;
const prefixLength = 5;

/** A gRPC server over HTTP/2: with TLS options over TLS, else in plain text. It still has to listen. */
export function grpcServer(services: GrpcServices, tls?: SecureServerOptions): Http2Server {
  const settings = { initialWindowSize: windowSize };
  const server = tls ? createSecureServer({ ...tls, settings }) : createServer({ settings });
  server.on("session", (session) => session.setLocalWindowSize(windowSize));
  // A client that is killed resets its connection: nobody is left to tell.
  server.on("sessionError", () => {});
  server.on("stream", (stream: ServerHttp2Stream, headers) => {
    stream.on("error", () => {});
    void serve(services, stream, headers);
  });
  return server;
}

async function serve(services: GrpcServices, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
  const path = String(headers[":path"]);
  if (services.silent.has(path)) {
    stream.respond(answerHeaders);
    stream.resume();
    return;
  }
  const call = services.unary.get(path);
  if (!call) return fail(stream, status.unimplemented, `unknown method ${path}`);
  try {
    const answer = frame(await call(unframe(await whole(stream))));
    stream.once("close", () => services.answered?.(path));
    if (stream.destroyed) return;
    stream.respond(answerHeaders, { waitForTrailers: true });
    stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": String(status.ok) }));
    stream.end(answer);
  } catch (error) {
    fail(stream, status.internal, error instanceof Error ? error.message : String(error));
  }
}

function fail(stream: ServerHttp2Stream, code: number, message: string): void {
  if (stream.destroyed || stream.headersSent) return;
  stream.respond(
    { ...answerHeaders, "grpc-status": String(code), "grpc-message": encodeURIComponent(message) },
    { endStream: true },
  );
}

async function whole(stream: ServerHttp2Stream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** A message on the wire: a flag for compression, four bytes of length, the message. */
function unframe(body: Buffer): Uint8Array {
  if (body.length < prefixLength || body.length !== prefixLength + body.readUInt32BE(1))
    throw new Error("a cut message");
  if (body[0] !== 0) throw new Error("a compressed message, which was not agreed on");
  return body.subarray(prefixLength);
}

function frame(message: Uint8Array): Buffer {
  const prefix = Buffer.alloc(prefixLength);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}
