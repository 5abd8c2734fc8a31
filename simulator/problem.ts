import { z } from "zod";
import { FirstbootError } from "../src/error.js";

/**
 * One FB1003 for the first of a document's problems: where it is, what is wrong, what is allowed. `place` is the file's
 * name, with line and column where they are known.
 */
export function scenarioError(
  place: string,
  schema: z.ZodType,
  value: unknown,
  issues: readonly z.core.$ZodIssue[],
): FirstbootError {
  const [first, ...others] = issues;
  const path = first && pathText(issuePath(first));
  const more = others.length > 0 ? ` (and ${others.length} more)` : "";
  const problem = first ? problemText(first, schema, value) : "does not fit";
  return new FirstbootError("FB1003", { what: `${place}: ${path ? `${path} ` : ""}${problem}${more}` });
}

/** Where an issue is; for an unknown key the key itself. */
export function issuePath(issue: z.core.$ZodIssue): PropertyKey[] {
  return issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0] ?? ""] : issue.path;
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${plainKey(String(part))}`))
    .join("")
    .replace(/^\./, "");
}

const plainKey = (key: string): string => (/^[\w-]{1,60}$/.test(key) ? key : JSON.stringify(key.slice(0, 60)));

const typeNames: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map",
};

function problemText(issue: z.core.$ZodIssue, schema: z.ZodType, value: unknown): string {
  switch (issue.code) {
    case "unrecognized_keys":
      return `is unknown here; allowed: ${keysAt(schema, value, issue.path).join(", ")}`;
    case "invalid_value":
      return `is not allowed; allowed: ${issue.values.map(String).join(", ")}`;
    case "invalid_union":
      return "options" in issue && Array.isArray(issue.options)
        ? `${isMissing(issue, value) ? "is missing" : "is not allowed"}; allowed: ${issue.options.map(String).join(", ")}`
        : "does not fit; allowed: a text or a whole number";
    case "invalid_type": {
      const missing = issue.message.endsWith("received undefined");
      return `${missing ? "is missing" : "does not fit"}; allowed: ${typeNames[issue.expected] ?? issue.expected}`;
    }
    case "custom":
      return issue.message;
    default:
      return issue.message.replace(/^Too (small|big): expected \S+ to (?:have|be) /, "is too $1; allowed: ");
  }
}

/** Whether nothing stands where an issue is. */
function isMissing({ path }: z.core.$ZodIssue, value: unknown): boolean {
  let here = value;
  for (const part of path) here = isRecord(here) ? here[String(part)] : undefined;
  return here === undefined;
}

/** The keys allowed at a path, for the kind of map that the value there is. */
function keysAt(schema: z.ZodType, value: unknown, path: readonly PropertyKey[]): string[] {
  let here: unknown = value;
  let schemas = fitting([z.toJSONSchema(schema, { io: "input", unrepresentable: "any" })], here);
  for (const part of path) {
    here = isRecord(here) ? here[String(part)] : undefined;
    const next = schemas.map((at) => (typeof part === "number" ? at.items : at.properties?.[String(part)]));
    schemas = fitting(next.filter(isSchema), here);
  }
  return [...new Set(schemas.flatMap(({ properties }) => Object.keys(properties ?? {})))];
}

type JsonSchema = z.core.JSONSchema.BaseSchema;
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const isSchema = (value: unknown): value is JsonSchema => isRecord(value);

/** What tells the alternatives of populations and of faults apart. */
const discriminators = ["kind", "fault"] as const;

/** The alternatives of schemas that a value of its kind can fit. */
function fitting(schemas: readonly JsonSchema[], value: unknown): JsonSchema[] {
  const alternatives = schemas.flatMap((schema) => [schema, ...(schema.oneOf ?? [])]).filter(isSchema);
  if (!isRecord(value)) return alternatives;
  return alternatives.filter(({ properties }) =>
    discriminators.every((name) => {
      const wanted = properties?.[name];
      if (value[name] === undefined || !isSchema(wanted)) return true;
      return [wanted.const, ...(wanted.enum ?? [])].some((one) => one === value[name]);
    }),
  );
}
