import { Agent, request as send } from "undici";
import { WebSocket } from "ws";
import { reasonOf } from "../../error.js";
import {
  type Channel,
  type HttpRequest,
  type HttpResponse,
  type Network,
  NetworkError,
  UpgradeRefused,
} from "../network.js";
import type { Process } from "../process.js";
import { socketChannel } from "./channel.js";
import { serve } from "./server.js";

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

async function exchange(agent: Agent, { method, url, headers, body, timeoutMs }: HttpRequest): Promise<HttpResponse> {
  const signal = AbortSignal.timeout(timeoutMs);
  const answer = await send(url, {
    method,
    dispatcher: agent,
    signal,
    ...(headers && { headers }),
    ...(body !== undefined && { body }),
  });
  return { status: answer.statusCode, headers: lowerHeaders(answer.headers), body: await answer.body.text() };
}

/** The innermost reason: undici and TLS wrap what a reader wants to know. */
function networkError(error: unknown): NetworkError {
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  const cause = inner instanceof Error && inner.cause instanceof Error ? inner.cause : inner;
  return new NetworkError(reasonOf(cause), { cause: error });
}

/** The machine's network for one process. Its connections are its own and die with it. */
export function realNetwork(process: Process, { ca }: RealNetworkOptions = {}): Network {
  let agent: Agent | undefined;

  function connections(): Agent {
    if (!agent) {
      const own = new Agent({ connect: ca === undefined ? {} : { ca } });
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
          const socket = new WebSocket(url, {
            perMessageDeflate: false,
            handshakeTimeout: timeoutMs,
            ...(headers && { headers }),
            ...(ca !== undefined && { ca }),
          });
          const channel = socketChannel(process, socket);
          socket.once("open", () => resolve(channel));
          socket.once("unexpected-response", (_request, answer) => {
            reject(new UpgradeRefused(answer.statusCode ?? 0));
            socket.terminate();
          });
          socket.once("error", (error) => reject(networkError(error)));
        }),
      ),

    listen: (options, listener) => serve(process, options, listener),
  };
}
