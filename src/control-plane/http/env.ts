import { Hono } from "hono";
import type { Peer } from "../../world/network.js";

/** What Hono hands to each route. */
export interface Env {
  Bindings: { readonly peer: Peer };
  /** `org`: the organisation whose API key came with the request; only on the integration API. */
  Variables: { org: string };
}

export function routes(): Hono<Env> {
  return new Hono<Env>();
}
