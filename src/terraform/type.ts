import type { Decimal } from "./number.js";

/**
 * A Terraform type. `"decimal"` is Terraform's number with all its digits; `"number"` one that must fit a JavaScript
 * number, which is checked before a resource sees it.
 */
export type Type =
  | "string"
  | "bool"
  | "number"
  | "decimal"
  | "dynamic"
  | readonly ["list" | "set" | "map", Type]
  | readonly ["tuple", readonly Type[]]
  | readonly ["object", { readonly [name: string]: Type }];

/** A value that is decided only by the apply. */
export const unknown: unique symbol = Symbol("unknown");
export type Unknown = typeof unknown;

/** Any Terraform value. */
export type Value = null | Unknown | string | boolean | number | Decimal | readonly Value[] | Values;
export interface Values {
  readonly [name: string]: Value;
}

/** The TypeScript type of a known value of a Terraform type. */
export type TypeOf<T extends Type> = T extends "string"
  ? string
  : T extends "bool"
    ? boolean
    : T extends "number"
      ? number
      : T extends "decimal"
        ? number | Decimal
        : T extends readonly ["list" | "set", infer E extends Type]
          ? readonly TypeOf<E>[]
          : T extends readonly ["map", infer E extends Type]
            ? { readonly [key: string]: TypeOf<E> }
            : T extends readonly ["object", infer O extends { readonly [name: string]: Type }]
              ? { readonly [K in keyof O]: TypeOf<O[K]> | null }
              : Value;

/** The type as Terraform writes it in JSON: `"string"`, `["list","number"]`, … */
export function wireType(type: Type): unknown {
  if (type === "decimal") return "number";
  if (typeof type === "string") return type;
  switch (type[0]) {
    case "tuple":
      return ["tuple", type[1].map(wireType)];
    case "object":
      return ["object", Object.fromEntries(Object.entries(type[1]).map(([name, of]) => [name, wireType(of)]))];
    default:
      return [type[0], wireType(type[1])];
  }
}

/** Reads a type from Terraform's JSON; its numbers keep all digits. */
export function readType(json: unknown): Type {
  if (json === "number") return "decimal";
  if (json === "string" || json === "bool" || json === "dynamic") return json;
  if (Array.isArray(json)) {
    const [kind, of] = json;
    if (kind === "list" || kind === "set" || kind === "map") return [kind, readType(of)];
    if (kind === "tuple" && Array.isArray(of)) return [kind, of.map(readType)];
    if (kind === "object" && typeof of === "object" && of !== null) {
      return [kind, Object.fromEntries(Object.entries(of).map(([name, type]) => [name, readType(type)]))];
    }
  }
  throw new TypeError(`not a Terraform type: ${JSON.stringify(json)}`);
}
