import type { Context } from "hono";
import type { Services } from "../services.js";
import type { Env } from "./env.js";

type Handler = (c: Context<Env>) => Promise<Response> | Response;

/** What a route is called where it is counted and logged: never the URL, in which there may be names and tokens. */
export interface Pattern {
  readonly method: string;
  readonly path: string;
}

/** A handler whose answers are counted, timed and, at level debug, logged. It rejects never. */
export function observed({ metrics, world }: Services, { method, path }: Pattern, handle: Handler): Handler {
  const { clock, log } = world;
  const requests = metrics.requests(method, path);
  return async (c) => {
    const began = clock.monotonic();
    const answer = await handle(c);
    const ms = clock.monotonic() - began;
    requests.answered(answer.status, ms);
    const { requestId, peer } = c.env;
    log.debug("request", { method, path, status: answer.status, ms: Math.round(ms), requestId, source: peer.address });
    return answer;
  };
}
