import type { Context } from "hono";
import type { z } from "zod";
import type { Scope } from "../../protocol/integration/schema.js";
import type { Services } from "../services.js";
import { type Access, accessOf, anybody } from "./access.js";
import { answerFailures, bad, bareBad, good } from "./answer.js";
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
  readonly needs?: Scope | "device key";
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
  const { needs, body, query, status = 200, message = "", bare = false } = spec;

  async function answer(services: Services, c: Context<Env>): Promise<Response> {
    const access = needs && needs !== "device key" ? await accessOf(c, services, needs) : anybody;
    const given = await work(
      {
        ...access,
        body: body && (await readBody(c, body)),
        query: query && readQuery(c, query),
        address: c.env.peer.address,
        param: (name) => c.req.param(name) ?? "",
        header: (name) => c.req.header(name),
      },
      services,
    );
    const [data, text] = given instanceof Said ? [given.data, given.message] : [given, message];
    if (status === 204) return c.body(null, 204);
    return bare ? c.json(data, status) : good(c, data, text, status);
  }

  return {
    spec,
    handle: (services, c) =>
      answer(services, c).catch((error: unknown) => answerFailures(services.world.log, bare ? bareBad : bad)(error, c)),
  };
}
