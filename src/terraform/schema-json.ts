import { isComputed } from "./planner.js";
import { type Provider, typeName } from "./provider.js";
import type { Attributes } from "./schema.js";
import { wireType } from "./type.js";

/**
 * A provider's schema as `terraform providers schema -json` prints it, for tools that generate code or documentation.
 *
 * @param address Full source address, such as `registry.terraform.io/example/example`.
 */
export function schemaJson<Client>(provider: Provider<Client>, address: string): object {
  const resources = provider.resources.map((resource) => [
    typeName(provider, resource),
    schema(resource.description, resource.attributes),
  ]);
  return {
    format_version: "1.0",
    provider_schemas: {
      [address]: {
        provider: schema(provider.description, provider.attributes),
        resource_schemas: Object.fromEntries(resources),
      },
    },
  };
}

function schema(description: string, attributes: Attributes): object {
  const described = { description, description_kind: "markdown" };
  const sorted = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  const entries = sorted.map(([name, attribute]) => [
    name,
    {
      type: wireType(attribute.type),
      description: attribute.description,
      description_kind: "markdown",
      ...(attribute.required && { required: true }),
      ...(attribute.optional && { optional: true }),
      ...(isComputed(attribute) && { computed: true }),
      ...(attribute.sensitive && { sensitive: true }),
    },
  ]);
  return { version: 0, block: { attributes: Object.fromEntries(entries), ...described } };
}
