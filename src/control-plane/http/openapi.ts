import { z } from "zod";
import type { Endpoint } from "./endpoint.js";

const refusal = z.object({
  data: z.null(),
  success: z.literal(false),
  error: z.literal(true),
  message: z.string(),
  status: z.number(),
  stack: z.null(),
});

const bareRefusal = z.object({ error: z.string() });

/** Describes endpoints by OpenAPI 3.1, from the schemas that validate them. */
export function openApi(endpoints: readonly Endpoint[], version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const { spec } of endpoints) {
    const path = spec.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [spec.method]: operation(spec) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "firstboot control plane", version },
    components: {
      securitySchemes: {
        apiKey: { type: "http", scheme: "bearer", description: "`<id>.<secret>` of the integration API" },
        deviceKey: { type: "apiKey", in: "header", name: "X-API-Key" },
      },
      schemas: { Refusal: schemaOf(refusal, "output"), BareRefusal: schemaOf(bareRefusal, "output") },
    },
    paths,
  };
}

function operation({ method, path, summary, needs, body, query, data, status = 200, bare, message }: Endpoint["spec"]) {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name);
  const answer = bare
    ? data
    : z.object({ data, success: z.literal(true), error: z.literal(false), message: z.string(), status: z.number() });
  return {
    operationId: `${method} ${path}`,
    summary,
    ...(needs && { security: [needs === "device key" ? { deviceKey: [] } : { apiKey: [needs] }] }),
    parameters: [
      ...names.map((name) => ({ name, in: "path", required: true, schema: { type: "string" } })),
      ...(query ? queryParameters(query) : []),
    ],
    ...(body && { requestBody: { required: true, content: json(schemaOf(body, "input")) } }),
    responses: {
      [status]: {
        description: message ?? summary,
        ...(status !== 204 && { content: json(schemaOf(answer, "output")) }),
      },
      default: {
        description: "Refused",
        content: json({ $ref: `#/components/schemas/${bare ? "BareRefusal" : "Refusal"}` }),
      },
    },
  };
}

function queryParameters(query: z.ZodType): object[] {
  const { properties = {} } = schemaOf(query, "input");
  return Object.entries(properties).map(([name, schema]) => ({ name, in: "query", required: false, schema }));
}

function schemaOf(schema: z.ZodType, io: "input" | "output") {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return rest;
}

function json(schema: object) {
  return { "application/json": { schema } };
}
