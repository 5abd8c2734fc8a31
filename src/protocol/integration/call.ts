import { z } from "zod";
import { FirstbootError, reasonOf } from "../../error.js";
import type { Network } from "../../world/network.js";
import { envelopeOf } from "../newt/api.js";

/** How long an answer is waited for, milliseconds. */
export const defaultTimeoutMs = 30_000;

export interface IntegrationClientOptions {
  readonly network: Pick<Network, "request">;
  /** Origin of the server, for example `https://127.0.0.1:8443`. */
  readonly endpoint: string;
  /** `<id>.<secret>` */
  readonly apiKey: string;
  /** Milliseconds for each request; 30 s if absent. */
  readonly timeoutMs?: number;
}

/** What a caller can do about a no. */
const remedies: Readonly<Record<number, string>> = {
  401: "check the API key",
  403: "use an API key that may do this in this organisation",
  404: "check the id and the organisation",
  429: "try again later",
};

/** A well-formed answer that says no. */
export class IntegrationRefusal extends FirstbootError {
  constructor(
    readonly status: number,
    readonly reason: string,
    request: string,
  ) {
    const fix = status >= 500 ? "try again later" : remedies[status];
    super(status >= 500 ? "FB3003" : "FB1008", {
      what: `${request} was answered ${status}`,
      why: reason,
      ...(fix !== undefined && { fix }),
    });
  }
}

/** The error for a server that gave no answer at all. */
export function unreachable(origin: string, error: unknown): FirstbootError {
  return new FirstbootError("FB3001", {
    what: `no answer from ${origin}`,
    why: reasonOf(error),
    fix: "check the address, that the server is up, and that its certificate authority is trusted",
    cause: error,
  });
}

export type Method = "GET" | "PUT" | "POST" | "PATCH" | "DELETE";

const AnyEnvelope = envelopeOf(z.unknown());

/** Sends one request and reads `data` from its answer. Throws IntegrationRefusal, or FB3001 without an answer. */
export async function call<T extends z.ZodType>(
  { network, endpoint, apiKey, timeoutMs = defaultTimeoutMs }: IntegrationClientOptions,
  method: Method,
  path: string,
  data: T,
  body?: object,
): Promise<z.output<T>> {
  const url = new URL(path, endpoint);
  const request = `${method} ${url.pathname}`;
  const answer = await network
    .request({
      method,
      url: url.href,
      timeoutMs,
      headers: { authorization: `Bearer ${apiKey}`, ...(body && { "content-type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    .catch((error: unknown) => {
      throw unreachable(url.origin, error);
    });
  const envelope = AnyEnvelope.safeParse(parseJson(answer.body));
  if (answer.status >= 300 || (envelope.success && !envelope.data.success)) {
    const said = envelope.success ? envelope.data.message : "the answer is not the API's";
    throw new IntegrationRefusal(answer.status, said, request);
  }
  const given = envelope.success ? data.safeParse(envelope.data.data ?? null) : undefined;
  if (!given?.success) throw new IntegrationRefusal(502, "the answer does not have the API's shape", request);
  return given.data;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** The longest page that a server gives. */
export const pageSize = 1000;

/** All of a list: pages until one is not full. */
export async function allPages<T>(page: (offset: number) => Promise<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for (;;) {
    const items = await page(all.length);
    all.push(...items);
    if (items.length < pageSize) return all;
  }
}
