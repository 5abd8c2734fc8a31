import type { Context } from "hono";
import type { z } from "zod";
import type { Scope } from "../../protocol/integration/schema.js";
import type { Services } from "../services.js";
import { type Access, accessOf, anybody, operatorAccess } from "./access.js";
import { answerFailures, bad, bareBad, good, RetryLater } from "./answer.js";
import { readBody, readQuery } from "./body.js";
import type { Env } from "./env.js";

export type Method = "get" | "put" | "post" | "patch" | "delete";

/** A route as data: what it takes, what it gives and who may call it. The same schemas validate, type and describe it. */
export interface EndpointSpec<B extends z.ZodType, Q extends z.ZodType, D extends z.ZodType> {
  readonly method: Method;
  /** Parameters are written `:name`. */
  readonly path: string;
  readonly summary: string;
  /** What an API key must be allowed to, or another way to show who one is; absent: anybody. */
  readonly needs?: Scope | "device key" | "operator";
  /** Devices come in here: they are sent away with 503 while the server ends, and if bounded while too many come at once. */
  readonly admission?: "open" | "bounded";
  readonly body?: B;
  readonly query?: Q;
  /** The `data` of a good answer, or all of it if the answer is bare. */
  readonly data: D;
  /** Of a good answer; 200 if absent. */
  readonly status?: 200 | 201 | 204;
  /** Of a good answer. */
  readonly message?: string;
  /** Answers come without the envelope (PROTOCOLS C2). */
  readonly bare?: true;
  /** Of a good answer that is a text as it is, and no JSON. */
  readonly media?: string;
}

/** A call of an endpoint, validated. */
export interface Call<B, Q> extends Access {
  readonly body: B;
  readonly query: Q;
  /** Source address. */
  readonly address: string;
  param(name: string): string;
  header(name: string): string | undefined;
}

/** A good answer with a message of its own. */
export class Said<T> {
  constructor(
    readonly data: T,
    readonly message: string,
  ) {}
}

export interface Endpoint {
  readonly spec: EndpointSpec<z.ZodType, z.ZodType, z.ZodType>;
  readonly handle: (services: Services, c: Context<Env>) => Promise<Response>;
}

/**
 * Channels from which on a site's connection is closed after its token: it would stay open beside the channel for a
 * minute, and of a whole fleet that is half of the connections and of the memory.
 */
const manyChannels = 1_000;

const refusals = {
  ending: "The server is about to end, come back later",
  crowded: "Too many devices come in at once, come back later",
} as const;

function sentAway({ admission, metrics }: Services, refusal: keyof typeof refusals): RetryLater {
  metrics.sentAway.add(refusal);
  return new RetryLater(refusals[refusal], admission.retryAfterSeconds(), 503);
}

/** Declares a route; `work` throws what `refuse` makes for a no. */
export function endpoint<
  D extends z.ZodType,
  B extends z.ZodType = z.ZodUndefined,
  Q extends z.ZodType = z.ZodUndefined,
>(
  spec: EndpointSpec<B, Q, D>,
  work: (call: Call<z.output<B>, z.output<Q>>, services: Services) => Promise<z.input<D> | Said<z.input<D>>>,
): Endpoint;
export function endpoint(
  spec: Endpoint["spec"],
  work: (call: Call<unknown, unknown>, services: Services) => Promise<unknown>,
): Endpoint {
  const { needs, admission, body, query, status = 200, message = "", bare = false, media } = spec;

  function accessFor(services: Services, c: Context<Env>): Promise<Access> | Access {
    if (needs === undefined || needs === "device key") return anybody;
    return needs === "operator" ? operatorAccess(c, services) : accessOf(c, services, needs);
  }

  async function answer(services: Services, c: Context<Env>): Promise<Response> {
    const access = await accessFor(services, c);
    const call = {
      ...access,
      body: body && (await readBody(c, body)),
      query: query && readQuery(c, query),
      address: c.env.peer.address,
      param: (name: string) => c.req.param(name) ?? "",
      header: (name: string) => c.req.header(name),
    };
    const given = await admitted(services, () => work(call, services));
    const [data, text] = given instanceof Said ? [given.data, given.message] : [given, message];
    if (status === 204) return c.body(null, 204);
    if (media !== undefined) return c.body(String(data), status, { "content-type": media });
    return bare ? c.json(data, status) : good(c, data, text, status);
  }

  function checkAdmission(services: Services): void {
    const refusal = admission && services.admission.refusal(admission);
    if (refusal !== undefined) throw sentAway(services, refusal);
  }

  /** Work on a request that is here as a whole: one whose body never comes to its end must not keep others out. */
  async function admitted<T>(services: Services, work: () => Promise<T>): Promise<T> {
    checkAdmission(services);
    return admission === undefined ? work() : services.admission.serve(work);
  }

  async function received(services: Services, c: Context<Env>): Promise<Response> {
    if (admission === "bounded" && services.newts.size >= manyChannels) c.header("connection", "close");
    // Looked at again when the body is here: who is too many is sent away before that costs anything.
    checkAdmission(services);
    return answer(services, c);
  }

  return {
    spec,
    handle: (services, c) =>
      received(services, c).catch((error: unknown) =>
        answerFailures(services.world.log, bare ? bareBad : bad)(error, c),
      ),
  };
}
