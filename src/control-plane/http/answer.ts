import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { reasonOf } from "../../error.js";
import type { Envelope } from "../../protocol/newt/api.js";
import type { Log } from "../../world/log.js";
import { isStorageFailure, StoreUnavailable } from "../store/batch.js";
import type { Env } from "./env.js";

/** A good answer in its envelope (PROTOCOLS A1). */
export function good<T>(c: Context, data: T, message: string, status: 200 | 201 = 200): Response {
  return c.json({ data, success: true, error: false, message, status } satisfies Envelope<T>, status);
}

/** A refusal's envelope; `stack` is part of the observed shape and always null (PROTOCOLS G). */
export function refusalOf({ status, message }: Refusal): Envelope<never> {
  return { data: null, success: false, error: true, message, status, stack: null };
}

/** A refusal in its envelope. */
export function bad(c: Context, refusal: Refusal): Response {
  return c.json(refusalOf(refusal), refusal.status);
}

/** A refusal as EdgeFlow devices expect it (PROTOCOLS C2). */
export function bareBad(c: Context, { status, message }: Refusal): Response {
  return c.json({ error: message }, status);
}

/** Ends a request with a status and a message for the caller. */
export function refuse(status: ContentfulStatusCode, message: string): HTTPException {
  return new HTTPException(status, { message });
}

interface Refusal {
  readonly status: ContentfulStatusCode;
  readonly message: string;
}

/** Ends a request that was too much; the answer says when it may come again. */
export class RetryLater extends HTTPException {
  constructor(
    message: string,
    readonly retryAfterSeconds: number,
    status: 429 | 503 = 429,
  ) {
    super(status, { message });
  }
}

/** Ends a request of a source that has guessed wrong too often. */
export class TooManyFailures extends RetryLater {
  constructor(retryAfterSeconds: number) {
    super("Too many failed attempts from this address, try again later", retryAfterSeconds);
  }
}

/** Turns whatever a route threw into an answer: refusals speak, everything else is logged and stays inside. */
export function answerFailures(log: Log, answer: (c: Context, refusal: Refusal) => Response) {
  return (error: unknown, c: Context<Env>): Response => {
    if (error instanceof RetryLater) c.header("retry-after", String(error.retryAfterSeconds));
    if (error instanceof HTTPException) return answer(c, { status: error.status, message: error.message });
    const request = { requestId: c.env.requestId, method: c.req.method, path: c.req.path };
    if (error instanceof StoreUnavailable || isStorageFailure(error)) {
      log.warn("store unavailable", { ...request, reason: reasonOf(error) });
      c.header("retry-after", "1");
      return answer(c, { status: 503, message: "The store is not available, try again" });
    }
    log.error("request failed", { ...request, reason: reasonOf(error) });
    return answer(c, { status: 500, message: "An error occurred" });
  };
}
