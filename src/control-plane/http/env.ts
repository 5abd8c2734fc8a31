import { Hono } from "hono";
import type { Peer } from "../../world/network.js";

/** What Hono hands to each route. */
export interface Env {
  Bindings: {
    readonly peer: Peer;
    /** Stands in the answer's `x-request-id` and in the log. */
    readonly requestId: string;
  };
}

export function routes(): Hono<Env> {
  return new Hono<Env>();
}
