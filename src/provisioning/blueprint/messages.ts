import type { z } from "zod";
import { nearest } from "./nearest.js";

type Issue = z.core.$ZodRawIssue;

const kinds: Readonly<Record<string, string>> = {
  array: "a list",
  boolean: "true or false",
  int: "a whole number",
  number: "a number",
  object: "a map of keys",
  record: "a map of keys",
  string: "a text",
};

/** What is wrong with a value, in words that do not repeat it: it may be a secret. */
export function messageOf(issue: Issue): string {
  if (issue.code === "invalid_type") return wrongKind(issue.expected, issue.input);
  if (issue.code === "invalid_value") return noneOf(issue.values.map(String), issue.input);
  if (issue.code === "too_small")
    return `must be ${bound(issue, issue.minimum, issue.inclusive ? "at least" : "more than")}`;
  if (issue.code === "too_big")
    return `must be ${bound(issue, issue.maximum, issue.inclusive ? "at most" : "less than")}`;
  return "does not fit";
}

function wrongKind(expected: string, input: unknown): string {
  const wanted = kinds[expected] ?? expected;
  if (input === undefined) return `is missing; it is ${wanted}`;
  if (input === null) return `must be ${wanted}; leave the key out for none`;
  const quoted = expected === "string" && (typeof input === "number" || typeof input === "boolean");
  const unquoted = typeof input === "string" && ["number", "int", "boolean"].includes(expected);
  return `must be ${wanted}${quoted ? "; put it in quotes" : ""}${unquoted ? ", not a text; write it without quotes" : ""}`;
}

function noneOf(values: readonly string[], input: unknown): string {
  const meant = typeof input === "string" ? nearest(input, values) : undefined;
  const wanted = values.length === 1 ? values[0] : `one of ${values.join(", ")}`;
  return `${input === undefined ? "is missing; it is" : "must be"} ${wanted}${meant === undefined ? "" : `; did you mean ${meant}?`}`;
}

function bound({ origin }: { readonly origin?: string }, limit: number | bigint, words: string): string {
  if (origin === "string")
    return limit === 1 && words === "at least" ? "a text that is not empty" : `${words} ${limit} characters long`;
  return `${words} ${limit}`;
}
