import { z } from "zod";
import { blueprintJsonSchema } from "../src/provisioning/blueprint/index.js";

/** As much of JSON Schema as the schema of blueprints uses. */
const Shape = z.object({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  description: z.string().optional(),
  default: z.unknown().optional(),
  examples: z.array(z.unknown()).optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  format: z.string().optional(),
  required: z.array(z.string()).optional(),
  get properties() {
    return z.record(z.string(), Shape).optional();
  },
  get additionalProperties() {
    return z.union([z.boolean(), Shape]).optional();
  },
  get items() {
    return Shape.optional();
  },
  get anyOf() {
    return z.array(Shape).optional();
  },
  get $defs() {
    return z.record(z.string(), Shape).optional();
  },
});
type Shape = z.infer<typeof Shape>;

const schema = Shape.parse(blueprintJsonSchema());

/** `PublicResource` as a heading: `Public resource`. */
const heading = (id: string): string =>
  id.replace(/^Ai/, "AI").replace(/(?<=[a-zI])[A-Z](?=[a-z])/g, (letter) => ` ${letter.toLowerCase()}`);
const anchor = (id: string): string => heading(id).toLowerCase().replaceAll(" ", "-");
const code = (value: unknown): string =>
  `\`${typeof value === "string" && value !== "" ? value : JSON.stringify(value)}\``;

function typeOf(shape: Shape): string {
  if (shape.$ref) {
    const id = shape.$ref.replace(/^.*\//, "");
    return `[${heading(id)}](#${anchor(id)})`;
  }
  if (shape.anyOf) return [...new Set(shape.anyOf.map(typeOf))].join(" or ");
  if (shape.enum) return shape.enum.map(code).join(", ");
  if (shape.const !== undefined) return code(shape.const);
  if (shape.type === "array") return `list of ${shape.items ? typeOf(shape.items) : "anything"}`;
  if (shape.type === "object" && typeof shape.additionalProperties === "object" && !shape.properties)
    return `map of ${typeOf(shape.additionalProperties)}`;
  const names = [shape.type ?? []].flat().map((type) => nameOf(type, shape));
  return `${names.join(" or ") || "anything"}${limitsOf(shape)}`;
}

function nameOf(type: string, { format }: Shape): string {
  if (format === "email") return "e-mail address";
  const names: Readonly<Record<string, string>> = { string: "text", integer: "whole number", boolean: "true or false" };
  return names[type] ?? type;
}

/** Bounds that say something: those of safe numbers do not. */
function limitsOf({ minimum, maximum, exclusiveMinimum, minLength, maxLength }: Shape): string {
  const least = minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined;
  const most = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  if (least !== undefined && most !== undefined) return ` ${least}–${most}`;
  if (least !== undefined) return `, at least ${least}`;
  if (exclusiveMinimum !== undefined) return `, more than ${exclusiveMinimum}`;
  if (minLength !== undefined && maxLength !== undefined) return ` of ${minLength}–${maxLength} characters`;
  if (minLength === 1) return ", not empty";
  if (maxLength !== undefined) return ` of up to ${maxLength} characters`;
  return "";
}

function rowsOf(shape: Shape, prefix = ""): string[] {
  return Object.entries(shape.properties ?? {}).flatMap(([key, value]) => {
    const name = `${prefix}${key}`;
    const absent = value.default === undefined ? "–" : code(value.default);
    const fallback = shape.required?.includes(key) ? "required" : absent;
    return [`| \`${name}\` | ${typeOf(value)} | ${fallback} | ${meaningOf(value)} |`, ...rowsWithin(value, name)];
  });
}

/** The keys of what has no name of its own. */
function rowsWithin(shape: Shape, name: string): string[] {
  return [
    ...rowsOf(shape, `${name}.`),
    ...(shape.items ? rowsWithin(shape.items, `${name}[]`) : []),
    ...(shape.anyOf ?? []).flatMap((one) => rowsWithin(one, name)),
  ];
}

function meaningOf(shape: Shape): string {
  const text =
    shape.description ?? (shape.$ref ? schema.$defs?.[shape.$ref.replace(/^.*\//, "")]?.description : "") ?? "";
  const examples = shape.examples?.map(code).join(", ");
  return [text, examples && `For example ${examples}.`].filter(Boolean).join(" ").replaceAll("|", "\\|");
}

function section(title: string, shape: Shape): string {
  const head = ["| key | type | default | meaning |", "| --- | --- | --- | --- |"];
  return [`## ${title}`, "", shape.description ?? "", "", ...head, ...rowsOf(shape), ""].join("\n");
}

/** The page that explains every key of a blueprint. */
export function blueprintReference(): string {
  const sections = Object.entries(schema.$defs ?? {}).map(([id, shape]) => section(heading(id), shape));
  return [
    "# Blueprint reference",
    "",
    "Every key of a [blueprint](blueprints.md), made from the JSON Schema that `firstboot blueprint schema` prints. What depends on",
    "other keys is said where it belongs; `firstboot blueprint check` knows it all. A default of – is none.",
    "",
    section("Document", schema),
    ...sections,
  ].join("\n");
}
