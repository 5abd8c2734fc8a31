import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { z } from "zod";
import { isTooDeep } from "../json-depth.js";
import { refuse } from "./answer.js";

/** The largest body of a request, bytes. */
const maxBody = 1 << 20;

/** Characters of a validation error: what is wrong with a body must not be as large as the body. */
const longestText = 1_000;

function tooLarge() {
  return refuse(413, "The request body is larger than 1 MiB");
}

/** The whole body as text. One without a declared length is cut off as soon as it is too large. */
async function readText(c: Context): Promise<string> {
  if (c.req.header("transfer-encoding") === undefined) {
    if (Number(c.req.header("content-length") ?? 0) > maxBody) throw tooLarge();
    return c.req.text();
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    size += chunk.length;
    if (size > maxBody) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** A request's JSON body after a schema; 400 in the API's words otherwise (PROTOCOLS G1). */
export async function readBody<T extends z.ZodType>(c: Context, schema: T): Promise<z.output<T>> {
  const text = await readText(c).catch((error: unknown) => {
    throw error instanceof HTTPException ? error : refuse(400, "The request body is not complete");
  });
  if (isTooDeep(text)) throw refuse(400, "The request body is nested too deeply");
  let value: unknown;
  try {
    value = text === "" ? undefined : JSON.parse(text);
  } catch {
    throw refuse(400, "The request body is not valid JSON");
  }
  return validated(schema, value);
}

/** A request's query after a schema; 400 otherwise. */
export function readQuery<T extends z.ZodType>(c: Context, schema: T): z.output<T> {
  return validated(schema, c.req.query());
}

function validated<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const text = parsed.error.issues.map(issueText).join("; ");
  throw refuse(400, `Validation error: ${text.slice(0, longestText)}`);
}

function issueText({ message, path }: z.core.$ZodIssue): string {
  return path.length === 0 ? message : `${message} at "${path.join(".")}"`;
}
