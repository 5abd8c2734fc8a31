import type { JsonSchema } from "../../../src/provisioning/blueprint/index.js";

type Schema = NonNullable<JsonSchema["not"]>;
type Judge = (value: unknown, schema: JsonSchema, root: JsonSchema) => boolean;

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const types: Readonly<Record<string, (value: unknown) => boolean>> = {
  array: Array.isArray,
  boolean: (value) => typeof value === "boolean",
  integer: Number.isInteger,
  null: (value) => value === null,
  number: (value) => typeof value === "number",
  object: isMap,
  string: (value) => typeof value === "string",
};
const equal = (left: unknown, right: unknown) => JSON.stringify(left) === JSON.stringify(right);
const always: Judge = () => true;

/** A judge of values of one type; all others fit. */
const ofNumber = (judge: (value: number, schema: JsonSchema) => boolean): Judge => {
  return (value, schema) => typeof value !== "number" || judge(value, schema);
};
const ofText = (judge: (value: string, schema: JsonSchema) => boolean): Judge => {
  return (value, schema) => typeof value !== "string" || judge(value, schema);
};
const ofList = (judge: (value: unknown[], schema: JsonSchema, root: JsonSchema) => boolean): Judge => {
  return (value, schema, root) => !Array.isArray(value) || judge(value, schema, root);
};
const ofMap = (judge: (value: Record<string, unknown>, schema: JsonSchema, root: JsonSchema) => boolean): Judge => {
  return (value, schema, root) => !isMap(value) || judge(value, schema, root);
};

/** What each keyword of JSON Schema says (draft 2020-12), as far as the schema of blueprints has it. */
const keywords: Readonly<Record<string, Judge>> = {
  $ref: (value, { $ref = "" }, root) => fits(value, root.$defs?.[$ref.replace("#/$defs/", "")] ?? false, root),
  additionalProperties: ofMap((value, { additionalProperties = true, properties = {} }, root) =>
    Object.entries(value).every(
      ([key, item]) => Object.hasOwn(properties, key) || fits(item, additionalProperties, root),
    ),
  ),
  allOf: (value, { allOf = [] }, root) => allOf.every((one) => fits(value, one, root)),
  anyOf: (value, { anyOf = [] }, root) => anyOf.some((one) => fits(value, one, root)),
  const: (value, schema) => equal(value, schema.const),
  enum: (value, schema) => (schema.enum ?? []).some((one) => equal(value, one)),
  exclusiveMinimum: ofNumber((value, { exclusiveMinimum }) => value > Number(exclusiveMinimum)),
  if: (value, schema, root) => fits(value, schema.if ?? true, root) || fits(value, schema.else ?? true, root),
  items: ofList((value, { items = true }, root) =>
    value.every((one) => [items].flat().every((item) => fits(one, item, root))),
  ),
  maxItems: ofList((value, { maxItems }) => value.length <= Number(maxItems)),
  maxLength: ofText((value, { maxLength }) => [...value].length <= Number(maxLength)),
  maximum: ofNumber((value, { maximum }) => value <= Number(maximum)),
  minItems: ofList((value, { minItems }) => value.length >= Number(minItems)),
  minLength: ofText((value, { minLength }) => [...value].length >= Number(minLength)),
  minimum: ofNumber((value, { minimum }) => value >= Number(minimum)),
  not: (value, { not = false }, root) => !fits(value, not, root),
  pattern: ofText((value, { pattern = "" }) => new RegExp(pattern, "u").test(value)),
  properties: ofMap((value, { properties = {} }, root) =>
    Object.entries(properties).every(([key, field]) => !Object.hasOwn(value, key) || fits(value[key], field, root)),
  ),
  propertyNames: ofMap((value, { propertyNames = true }, root) =>
    Object.keys(value).every((key) => fits(key, propertyNames, root)),
  ),
  required: ofMap((value, { required = [] }) => required.every((key) => Object.hasOwn(value, key))),
  type: (value, { type = [] }) => [type].flat().some((one) => types[one]?.(value)),
  ...{ $defs: always, $schema: always, default: always, deprecated: always, description: always },
  ...{ else: always, examples: always, format: always, title: always },
};

/** Whether a value fits a JSON Schema. Throws for a keyword that it does not know, so that none is overlooked. */
export function fits(value: unknown, schema: Schema, root: JsonSchema): boolean {
  if (typeof schema === "boolean") return schema;
  return Object.keys(schema).every((keyword) => {
    const judge = keywords[keyword];
    if (!judge) throw new Error(`a schema with an unknown keyword: ${keyword}`);
    return judge(value, schema, root);
  });
}
