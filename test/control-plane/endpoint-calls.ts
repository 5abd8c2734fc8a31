import { z } from "zod";
import type { Endpoint } from "../../src/control-plane/http/endpoint.js";
import { type Scope, Scope as ScopeSchema } from "../../src/protocol/integration/schema.js";
import type { HttpResponse } from "../../src/world/network.js";
import type { Plane } from "./plane.js";

/** Values of which every field of a body accepts one. */
const pool: readonly unknown[] = [
  "sample",
  "2099-01-01T00:00:00Z",
  "10.0.0.0/8",
  "abcdefghijklmno",
  "s".repeat(40),
  `spk-${"a".repeat(15)}.${"a".repeat(40)}`,
  "newt",
  "https://hooks.example.com/",
  "sample.example.com",
  "policy",
  "e30=",
  1,
  true,
  {},
  [],
  ["sample"],
  ["sites:read"],
  ["10.0.0.0/8"],
  null,
];

/** A body that an endpoint accepts, made from its schema; throws if none of the values above fits a field. */
export function sampleBody({ spec: { method, path, body } }: Endpoint): unknown {
  if (body === undefined) return undefined;
  if (!(body instanceof z.ZodObject)) throw new Error(`${method} ${path} takes a body that is no object`);
  const fields = Object.entries(body.shape).map(([name, field]) => {
    const schema = z.custom<z.ZodType>((value) => value instanceof z.ZodType).parse(field);
    return { name, schema, isOptional: schema.safeParse(undefined).success };
  });
  const filled = (chosen: typeof fields) =>
    Object.fromEntries(chosen.map(({ name, schema }) => [name, pool.find((value) => schema.safeParse(value).success)]));
  const candidates = [filled(fields.filter(({ isOptional }) => !isOptional)), filled(fields)];
  const found = candidates.find((candidate) => body.safeParse(candidate).success);
  if (found === undefined) throw new Error(`${method} ${path}: a field accepts none of the sample values`);
  return found;
}

/** The names of a path's parameters. */
export function parametersOf({ spec: { path } }: Endpoint): string[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => name);
}

/** The scope that an endpoint needs of an API key, if it needs one. */
export function scopeOf({ spec: { needs } }: Endpoint): Scope | undefined {
  return ScopeSchema.safeParse(needs).data;
}

/** Calls an endpoint with a body that it accepts. */
export function call(
  plane: Plane,
  endpoint: Endpoint,
  values: Readonly<Record<string, string>>,
  headers: Record<string, string>,
): Promise<HttpResponse> {
  const { method, path } = endpoint.spec;
  const filled = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(values[name] ?? "unknown"));
  const verb = z.enum(["GET", "PUT", "POST", "PATCH", "DELETE"]).parse(method.toUpperCase());
  return plane.send(verb, filled, sampleBody(endpoint), headers);
}
