import { isIP } from "node:net";
import { buildConnector, Client, type Dispatcher, request as send } from "undici";
import type { HttpRequest, HttpResponse } from "../network.js";
import type { Process } from "../process.js";
import { readBody } from "./body.js";
import { KeptConnections } from "./kept-connections.js";
import { networkError } from "./network-error.js";
import { type TlsTrust, type TrustOptions, trustIn } from "./trust.js";

/** A process's requests. */
export class HttpClient {
  readonly #kept: KeptConnections;

  /** @param trust for all but requests that bring their own. */
  constructor(
    private readonly process: Process,
    private readonly options: TrustOptions,
    private readonly trust: TlsTrust,
  ) {
    this.#kept = new KeptConnections(process, trust);
  }

  /** Rejects with a `NetworkError`. */
  async request(wish: HttpRequest): Promise<HttpResponse> {
    try {
      if (wish.once || wish.tls) return await this.#alone(wish);
      return await this.#kept.use(new URL(wish.url).origin, wish.answerLimit === 0, (kept) => ask(wish, kept));
    } catch (error) {
      throw networkError(error);
    }
  }

  /** On a connection of its own. */
  async #alone(wish: HttpRequest): Promise<HttpResponse> {
    const url = new URL(wish.url);
    const client = new Client(url.origin, { connect: this.#connector(wish, url), pipelining: 0 });
    const drop = (): void => void client.destroy();
    const release = this.process.holds(drop);
    try {
      return await ask(wish, client);
    } finally {
      release();
      drop();
    }
  }

  #connector({ tls, timeoutMs }: HttpRequest, { hostname }: URL): buildConnector.connector {
    const { ca, verify } = this.options;
    const trust = tls ? trustIn({ ca, verify: tls.verify ?? verify }) : this.trust;
    const connect = buildConnector({ ...trust, timeout: timeoutMs });
    const name = tls?.serverName ?? hostname.replace(/^\[|\]$/g, "");
    // A request's `Host` header would else be the name that the server is asked for. An address is none (RFC 6066).
    const servername = isIP(name) ? {} : { servername: name };
    return (options, taken) => connect({ ...withoutName(options), ...servername }, taken);
  }
}

function withoutName({ servername: _, ...options }: buildConnector.Options): buildConnector.Options {
  return options;
}

/** Statuses without a body, whatever their headers say of one. */
const bodiless: ReadonlySet<number> = new Set([204, 304]);

async function ask(wish: HttpRequest, dispatcher: Dispatcher): Promise<HttpResponse> {
  const { method, url, headers, body, timeoutMs, answerLimit } = wish;
  const answer = await send(url, {
    method,
    dispatcher,
    signal: AbortSignal.timeout(timeoutMs),
    ...(headers && { headers }),
    ...(body !== undefined && { body }),
  });
  const { statusCode: status } = answer;
  const wanted = method === "HEAD" || bodiless.has(status) ? 0 : answerLimit;
  return { status, ...(await readBody(answer.body, lowerHeaders(answer.headers), wanted)) };
}

function lowerHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(", ") : value;
  }
  return flat;
}
