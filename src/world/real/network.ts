import { createSecureContext, type SecureContext } from "node:tls";
import { Agent, type Dispatcher, request as send } from "undici";
import { WebSocket } from "ws";
import {
  type Channel,
  type HttpRequest,
  type HttpResponse,
  type Network,
  NetworkError,
  UpgradeRefused,
} from "../network.js";
import type { Process } from "../process.js";
import { SocketChannel } from "./channel.js";
import { networkError } from "./network-error.js";
import { serve } from "./server.js";
import { openUdp } from "./udp.js";

export interface RealNetworkOptions {
  /** PEM text of the certificate authority to trust instead of the system's. */
  readonly ca?: string;
}

function lowerHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(", ") : value;
  }
  return flat;
}

async function exchange(
  agent: Agent,
  { method, url, headers, body, timeoutMs, answerLimit }: HttpRequest,
): Promise<HttpResponse> {
  const signal = AbortSignal.timeout(timeoutMs);
  const answer = await send(url, {
    method,
    dispatcher: agent,
    signal,
    ...(headers && { headers }),
    ...(body !== undefined && { body }),
  });
  return {
    status: answer.statusCode,
    headers: lowerHeaders(answer.headers),
    body: await wantedOf(answer.body, answerLimit),
  };
}

/** A body that nobody wants is read so far, since its connection then serves again, bytes. */
const leftover = 4 << 10;

async function wantedOf(body: Dispatcher.ResponseData["body"], limit: number | undefined): Promise<string> {
  if (limit === undefined) return body.text();
  if (limit > 0) return beginningOf(body, limit);
  // The request's own time ends this, and nobody waits for it.
  void body.dump({ limit: leftover }).catch(() => undefined);
  return "";
}

/** The first bytes of a body, as text. One that is longer is dropped with its connection. */
async function beginningOf(body: AsyncIterable<Uint8Array>, limit: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    pieces.push(piece);
    size += piece.length;
    if (size > limit) break;
  }
  return Buffer.concat(pieces).subarray(0, limit).toString("utf8");
}

/** One for each authority, which would otherwise be read anew for every connection. */
const contexts = new Map<string, SecureContext>();

function trustIn(ca: string | undefined): { readonly secureContext?: SecureContext } {
  if (ca === undefined) return {};
  const secureContext = contexts.get(ca) ?? createSecureContext({ ca });
  contexts.set(ca, secureContext);
  return { secureContext };
}

/** The machine's network for one process. Its connections are its own and die with it. */
export function realNetwork(process: Process, { ca }: RealNetworkOptions = {}): Network {
  const trust = trustIn(ca);
  let agent: Agent | undefined;

  function connections(): Agent {
    if (!agent) {
      const own = new Agent({ connect: trust });
      process.holds(() => void own.destroy());
      agent = own;
    }
    return agent;
  }

  return {
    request: (request) =>
      process.wait(
        exchange(connections(), request).catch((error: unknown) => {
          throw networkError(error);
        }),
      ),

    connect: (url, { headers, timeoutMs }) =>
      process.wait(
        new Promise<Channel>((resolve, reject) => {
          if (!URL.canParse(url)) return reject(new NetworkError("Invalid URL"));
          const socket = new WebSocket(url, {
            perMessageDeflate: false,
            handshakeTimeout: timeoutMs,
            ...(headers && { headers }),
            ...trust,
          });
          const channel = new SocketChannel(process, socket);
          socket.once("open", () => resolve(channel));
          socket.once("unexpected-response", (_request, answer) => {
            reject(new UpgradeRefused(answer.statusCode ?? 0, answer.headers["retry-after"]));
            socket.terminate();
          });
          socket.once("error", (error) => reject(networkError(error)));
        }),
      ),

    listen: (options, listener) => serve(process, options, listener),

    udp: (options, receive) => openUdp(process, options, receive),
  };
}
