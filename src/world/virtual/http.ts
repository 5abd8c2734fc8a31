import { gunzipSync } from "node:zlib";
import { isGzip, plainHeaders } from "../content-encoding.js";
import { type HttpRequest, type HttpResponse, longestAnswer, NetworkError } from "../network.js";

/** Names in lower case, values as text: what servers read and write of headers, at a tenth of what `Headers` costs. */
class PlainHeaders {
  readonly #values: Record<string, string> = {};

  constructor(values: Readonly<Record<string, string>> = {}) {
    for (const name in values) this.set(name, values[name] ?? "");
  }

  get(name: string): string | null {
    return this.#values[name.toLowerCase()] ?? null;
  }

  has(name: string): boolean {
    return name.toLowerCase() in this.#values;
  }

  set(name: string, value: string): void {
    this.#values[name.toLowerCase()] = value;
  }

  append(name: string, value: string): void {
    const before = this.get(name);
    this.set(name, before === null ? value : `${before}, ${value}`);
  }

  delete(name: string): void {
    delete this.#values[name.toLowerCase()];
  }

  forEach(visit: (value: string, name: string) => void): void {
    for (const [name, value] of Object.entries(this.#values)) visit(value, name);
  }

  *[Symbol.iterator](): IterableIterator<[string, string]> {
    yield* Object.entries(this.#values);
  }

  plain(): Record<string, string> {
    return { ...this.#values };
  }
}

/** What a buffered request is made of. */
interface Parts {
  readonly wish: HttpRequest;
  readonly plain: PlainHeaders;
}

/**
 * Whole messages in text stand in for the Fetch API's Request and Response, which cost ten times as much to make.
 * Servers of a virtual world read bodies with `text` and `json`; whoever wants a stream of one finds none.
 */
const requestPrototype = Object.create(Request.prototype, {
  method: { get: getter(({ wish }) => wish.method) },
  url: { get: getter(({ wish }) => wish.url) },
  headers: { get: getter(({ plain }) => plain) },
  text: { value: bodyText },
  json: { value: bodyJson },
  signal: { value: undefined },
  body: { value: null },
});

function getter<T>(get: (parts: Parts) => T) {
  return function (this: Parts): T {
    return get(this);
  };
}

async function bodyText(this: Parts): Promise<string> {
  return this.wish.body ?? "";
}

async function bodyJson(this: Parts): Promise<unknown> {
  return JSON.parse(this.wish.body ?? "");
}

/** A request as a server's code sees it. */
export function bufferedRequest(wish: HttpRequest): Request {
  const parts: Parts = { wish, plain: new PlainHeaders(wish.headers) };
  return Object.assign(Object.create(requestPrototype), parts);
}

interface ResponseParts {
  readonly status?: number;
  readonly headers?: Headers | Readonly<Record<string, string>>;
}

function textOf(body: unknown): string {
  if (body === null || body === undefined) return "";
  return body instanceof Uint8Array ? Buffer.from(body).toString("utf8") : String(body);
}

/** Takes the place of the global `Response` while a virtual world runs. */
export class BufferedResponse {
  readonly status: number;
  readonly wholeBody: string;
  /** Of one that is no text. */
  readonly bytes: Uint8Array | undefined;
  readonly headers: Headers | PlainHeaders;

  constructor(body?: unknown, { status = 200, headers }: ResponseParts = {}) {
    this.status = status;
    this.bytes = body instanceof Uint8Array ? body : undefined;
    this.wholeBody = typeof body === "string" ? body : textOf(body);
    this.headers = headers instanceof Headers ? headers : new PlainHeaders(headers);
  }

  static json(data: unknown, init: ResponseParts = {}): BufferedResponse {
    return new BufferedResponse(JSON.stringify(data), { headers: { "content-type": "application/json" }, ...init });
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  /** The body again, for a response made of this one. */
  get body(): string {
    return this.wholeBody;
  }

  async text(): Promise<string> {
    return this.wholeBody;
  }

  async json(): Promise<unknown> {
    return JSON.parse(this.wholeBody);
  }

  /** Names in lower case. */
  plainHeaders(): Record<string, string> {
    const { headers } = this;
    return headers instanceof PlainHeaders ? headers.plain() : Object.fromEntries(headers);
  }
}

/** An answer as the network carries it, or why it is none. */
export async function wholeAnswer(response: Response): Promise<HttpResponse | NetworkError> {
  if (!(response instanceof BufferedResponse)) {
    return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
  }
  const { status, bytes, wholeBody: body } = response;
  const headers = response.plainHeaders();
  return bytes && isGzip(headers) ? inflated(bytes, { status, headers }) : { status, headers, body };
}

function inflated(bytes: Uint8Array, { status, headers }: Omit<HttpResponse, "body">): HttpResponse | NetworkError {
  try {
    const body = gunzipSync(bytes, { maxOutputLength: longestAnswer }).toString("utf8");
    return { status, headers: plainHeaders(headers), body };
  } catch (cause) {
    return new NetworkError("the answer cannot be decompressed", { cause });
  }
}
