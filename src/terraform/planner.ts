import { isDeepStrictEqual } from "node:util";
import type { Path } from "./diagnostic.js";
import type { Resource } from "./resource.js";
import { type Attribute, hasDefault, isGiven } from "./schema.js";
import { unknown, type Value, type Values } from "./type.js";

export interface Plan {
  readonly planned: Values;
  /** The attributes whose change makes a new resource. */
  readonly replace: readonly Path[];
}

/**
 * Plans a creation (no prior state) or a change, from the schema alone. Nothing is asked and nothing done: a plan never
 * has an effect.
 *
 * @param client The configured provider; undefined while its own configuration is unknown.
 */
export function planChange<Client>(
  resource: Resource<Client>,
  prior: Values | undefined,
  config: Values,
  client: Client | undefined,
): Plan {
  const entries = Object.entries(resource.attributes);
  const settled: Values = Object.fromEntries(entries.map(([name, attribute]) => [name, settle(name, attribute)]));
  const changed = entries.filter(
    ([name, attribute]) => prior && isGiven(attribute) && !isDeepStrictEqual(settled[name], prior[name]),
  );

  /** The value if nothing else changes. */
  function settle(name: string, attribute: Attribute<Client>): Value {
    const written = config[name] ?? null;
    if (written !== null) return written;
    if (attribute.default !== undefined) return attribute.default;
    if (attribute.defaultFrom && client === undefined) return unknown;
    if (attribute.defaultFrom && client !== undefined) return attribute.defaultFrom(client);
    return attribute.computed ? (prior?.[name] ?? null) : null;
  }

  function plan(name: string, attribute: Attribute<Client>): Value {
    const open = attribute.computed && !hasDefault(attribute) && (config[name] ?? null) === null;
    const moves = prior === undefined || (changed.length > 0 && !attribute.stable);
    if (open && moves) return unknown;
    return settled[name] ?? null;
  }

  return {
    planned: Object.fromEntries(entries.map(([name, attribute]) => [name, plan(name, attribute)])),
    replace: changed.filter(([, attribute]) => attribute.replace || !resource.update).map(([name]) => [name]),
  };
}

/** Whether Terraform must allow the provider to fill it in. */
export function isComputed(attribute: Attribute): boolean {
  return attribute.computed === true || hasDefault(attribute);
}
