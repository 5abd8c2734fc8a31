import type { Decimal } from "./number.js";
import type { Type, TypeOf, Unknown, Value } from "./type.js";

/**
 * One attribute of a provider or resource. A user gives `required` and `optional` ones; the provider decides `computed`
 * ones, or `optional` ones with a default that are left out.
 */
export interface Attribute<Client = never> {
  readonly type: Type;
  /** Markdown, for the generated documentation. */
  readonly description: string;
  readonly required?: true;
  readonly optional?: true;
  readonly computed?: true;
  /** A computed value may be null. */
  readonly nullable?: true;
  /** A computed value stays what it is during an update in place. */
  readonly stable?: true;
  /** A change makes a new resource. */
  readonly replace?: true;
  readonly sensitive?: true;
  readonly default?: Value;
  /** A default that the configured provider knows. */
  defaultFrom?(client: Client): Value;
  /** What is wrong with a known value, as a clause such as `must be a duration`. Called for each leaf of a collection. */
  validate?(value: string | number | boolean | Decimal): string | undefined;
}

export interface Attributes<Client = never> {
  readonly [name: string]: Attribute<Client>;
}

type Given = { readonly required: true } | { readonly optional: true };
type Certain = { readonly required: true } | { readonly default: Value } | { defaultFrom(client: never): Value };

type ValueOf<A extends Attribute> = A extends Certain
  ? TypeOf<A["type"]>
  : A extends { readonly optional: true } | { readonly nullable: true }
    ? TypeOf<A["type"]> | null
    : TypeOf<A["type"]>;

/** What the user gave, with defaults filled in: all known. */
export type Input<A extends Attributes> = {
  readonly [K in keyof A as A[K] extends Given ? K : never]: ValueOf<A[K]>;
};

/** What the provider decides. */
export type Output<A extends Attributes> = {
  readonly [K in keyof A as A[K] extends { readonly computed: true } ? K : never]: ValueOf<A[K]>;
};

/** All attributes of an existing resource. */
export type State<A extends Attributes> = { readonly [K in keyof A]: ValueOf<A[K]> };

/** What is written in the configuration, before defaults: anything may be absent, or known only later. */
export type Config<A extends Attributes> = {
  readonly [K in keyof A as A[K] extends Given ? K : never]: TypeOf<A[K]["type"]> | null | Unknown;
};

/** The object type of a set of attributes. */
export function objectType(attributes: Attributes): readonly ["object", { readonly [name: string]: Type }] {
  return ["object", Object.fromEntries(Object.entries(attributes).map(([name, attribute]) => [name, attribute.type]))];
}

/** Whether a user may write it. */
export function isGiven(attribute: Attribute): boolean {
  return attribute.required === true || attribute.optional === true;
}

export function hasDefault(attribute: Attribute): boolean {
  return attribute.default !== undefined || attribute.defaultFrom !== undefined;
}
