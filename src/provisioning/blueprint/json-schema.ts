import { z } from "zod";
import { conditions, type JsonSchema } from "./json-schema-conditions.js";
import { BlueprintShape } from "./schema/document.js";

const example = {
  "public-resources": {
    web: {
      name: "Device page",
      mode: "http",
      "full-domain": "{{env.SERIAL_NUMBER}}.example.com",
      targets: [{ hostname: "127.0.0.1", port: 8080, method: "http" }],
    },
  },
  "private-resources": {
    ssh: { name: "SSH", mode: "host", destination: "127.0.0.1", "tcp-ports": "22", roles: ["DevOps"] },
  },
};

/**
 * The JSON Schema (draft 2020-12) of a document, for editors and for reference pages: what each key does, its default,
 * and which keys a mode needs. Unknown keys do not fit, so that editors mark them; a check only warns of them.
 */
export function blueprintJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(BlueprintShape, {
    io: "input",
    override: ({ jsonSchema }) => {
      if (jsonSchema.properties) jsonSchema.additionalProperties = false;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  const definitions = Object.entries(schema.$defs ?? {}).map(([name, { id: _, ...definition }]) => [
    name,
    { ...definition, ...conditions[name] },
  ]);
  return { ...schema, examples: [example], $defs: Object.fromEntries(definitions) };
}
