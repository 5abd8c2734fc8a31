import type { Diagnostic, Path } from "./diagnostic.js";
import { Decimal } from "./number.js";
import type { Attribute, Attributes } from "./schema.js";
import { type Type, unknown, type Value, type Values } from "./type.js";

/** What is wrong with the known values of a configuration. */
export function checkValues(attributes: Attributes, values: Values): Diagnostic[] {
  return Object.entries(attributes).flatMap(([name, attribute]) =>
    checkLeaves(attribute, attribute.type, values[name] ?? null, [name]),
  );
}

function checkLeaves(attribute: Attribute, type: Type, value: Value, path: Path): Diagnostic[] {
  if (value === null || value === unknown) return [];
  if (typeof value !== "object" || value instanceof Decimal) {
    const wrong = type === "number" && value instanceof Decimal ? inexact : attribute.validate?.(value);
    const summary = `Invalid value for ${JSON.stringify(path[0])}`;
    return wrong === undefined ? [] : [{ severity: "error", summary, detail: `The value ${wrong}.`, path }];
  }
  if (typeof type === "string" || type[0] === "object" || type[0] === "tuple") return [];
  const [kind, element] = type;
  return Object.entries(value).flatMap(([key, item]) =>
    // A set's elements have no address of their own.
    checkLeaves(attribute, element, item, kind === "set" ? path : [...path, kind === "map" ? { key } : Number(key)]),
  );
}

const inexact = "has more digits than this attribute can hold";
