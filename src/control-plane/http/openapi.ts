import { z } from "zod";
import { edgeflowPaths } from "../../protocol/edgeflow/api.js";
import { newtPaths } from "../../protocol/newt/api.js";
import { nonceHeader } from "../../provisioning/nonce.js";
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

const exchanges: readonly string[] = [newtPaths.register, edgeflowPaths.provision];

const nonce = {
  name: nonceHeader,
  in: "header",
  required: false,
  description: "32 random bytes as hex, chosen by the device: whoever asks again with them gets the same answer",
  schema: { type: "string", pattern: "^[0-9a-f]{64}$" },
};

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

function operation({
  method,
  path,
  summary,
  needs,
  body,
  query,
  data,
  status = 200,
  bare,
  message,
  media,
}: Endpoint["spec"]) {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name);
  const answer = bare
    ? data
    : z.object({ data, success: z.literal(true), error: z.literal(false), message: z.string(), status: z.number() });
  return {
    operationId: operationId(method, path),
    summary,
    ...(needs && { security: security(needs) }),
    parameters: [
      ...names.map((name) => ({ name, in: "path", required: true, schema: { type: "string" } })),
      ...(query ? queryParameters(query) : []),
      ...(exchanges.includes(path) ? [nonce] : []),
    ],
    ...(body && { requestBody: { required: true, content: json(schemaOf(body, "input")) } }),
    responses: {
      [status]: {
        description: message ?? summary,
        ...(media !== undefined && { content: { [media]: { schema: { type: "string" } } } }),
        ...(media === undefined && status !== 204 && { content: json(schemaOf(answer, "output")) }),
      },
      default: {
        description: "Refused",
        content: json({ $ref: `#/components/schemas/${bare ? "BareRefusal" : "Refusal"}` }),
      },
    },
  };
}

/** What a caller shows; an empty choice is nothing. */
function security(needs: NonNullable<Endpoint["spec"]["needs"]>): object[] {
  if (needs === "operator") return [{}, { apiKey: ["*"] }];
  return [needs === "device key" ? { deviceKey: [] } : { apiKey: [needs] }];
}

/** A name that programs can be made from: `getOrgSiteByNiceId`. Of parameters only one at the end counts. */
function operationId(method: string, path: string): string {
  const words = path
    .replace(/^(?:\/api)?\/v1/, "")
    .replace(/:(\w+)$/, (_, name: string) => `by-${name}`)
    .replace(/:\w+/g, "")
    .split(/[/-]+/)
    .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`);
  return `${method}${words.join("")}`;
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
