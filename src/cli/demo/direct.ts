import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { FirstbootError } from "../../error.js";
import { FirstbootClient } from "../../provider/client.js";
import { firstbootProvider } from "../../provider/provider.js";
import type { Attributes, Values } from "../../terraform/index.js";
import { isGiven } from "../../terraform/schema.js";
import { version } from "../../version.js";
import type { Target } from "../settings.js";

const Scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const Given = z.union([Scalar, z.array(Scalar)]).optional();
const Configuration = z.record(z.string(), z.unknown());

/** The parts of `cdk.tf.json` that are carried out here. */
const Stack = z.object({
  resource: z.record(z.string(), z.record(z.string(), Configuration)),
  output: z.record(z.string(), z.object({ value: z.unknown(), sensitive: z.boolean().default(false) })),
});

/**
 * Does without Terraform what the first apply of a stack would do: creates its resources by the provider's own code, and
 * returns its outputs as `terraform output -json` prints them. Keeps no state: nothing can be changed or destroyed later.
 */
export async function applyDirectly(
  stack: string,
  { endpoint, apiKey, org, ca }: Target,
  signal: AbortSignal,
): Promise<string> {
  const { resource, output } = Stack.parse(JSON.parse(await readFile(join(stack, "cdk.tf.json"), "utf8")));
  const client = new FirstbootClient({ endpoint, apiKey, org, caPem: ca });
  const created = new Map<string, Values>();
  for (const { name: type, attributes, create } of firstbootProvider(version).resources) {
    for (const [name, config] of Object.entries(resource[`firstboot_${type}`] ?? {})) {
      const input = withDefaults(attributes, config, client);
      created.set(`firstboot_${type}.${name}`, await create({ input, client, signal, keep: () => {} }));
    }
  }
  const outputs = Object.entries(output).map(([name, { value, sensitive }]) => [
    name,
    { sensitive, value: resolve(value, created) },
  ]);
  return JSON.stringify(Object.fromEntries(outputs));
}

function withDefaults(
  attributes: Attributes<FirstbootClient>,
  config: z.infer<typeof Configuration>,
  client: FirstbootClient,
): Values {
  const given = Object.entries(attributes).filter(([, attribute]) => isGiven(attribute));
  return Object.fromEntries(
    given.map(([name, attribute]) => [
      name,
      Given.parse(config[name]) ?? attribute.default ?? attribute.defaultFrom?.(client) ?? null,
    ]),
  );
}

const reference = /\$\$\{|%%\{|\$\{(\w+\.[\w-]+)\.(\w+)\}/g;

/** A value with its references to attributes of resources filled in. */
function resolve(value: unknown, created: ReadonlyMap<string, Values>): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, created));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner, created)]));
  }
  if (typeof value !== "string") return value;
  return value.replace(reference, (whole, address: string | undefined, attribute: string) => {
    if (address === undefined) return whole.slice(1);
    const found = created.get(address)?.[attribute];
    if (typeof found === "string") return found;
    throw new FirstbootError("FB3002", {
      what: `the stack refers to ${address}.${attribute}`,
      why: "which only Terraform can resolve",
      fix: "install Terraform",
    });
  });
}
