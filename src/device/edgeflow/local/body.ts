import type { z } from "zod";
import { Refusal } from "./answer.js";

/** The largest body of a request, bytes. */
const maxBody = 16 << 10;

const isJson = (type: string): boolean => /^application\/json\s*(;|$)/i.test(type.trim());

/** The body as text, cut off as soon as it is too large, whatever length was declared. */
async function readText(request: Request): Promise<string> {
  const tooLarge = new Refusal(413, "The request body is larger than 16 KiB", { connection: "close" });
  if (Number(request.headers.get("content-length") ?? 0) > maxBody) throw tooLarge;
  if (request.headers.get("transfer-encoding") === null) return request.text();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > maxBody) throw tooLarge;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The JSON body of a request after a schema. Forms of foreign pages cannot send this content type unasked. Throws `Refusal`. */
export async function readBody<T extends z.ZodType>(request: Request, schema: T): Promise<z.output<T>> {
  if (!isJson(request.headers.get("content-type") ?? "")) {
    throw new Refusal(415, "The request body must be application/json");
  }
  const text = await readText(request).catch((error: unknown) => {
    throw error instanceof Refusal ? error : new Refusal(400, "The request body is not complete");
  });
  const parsed = schema.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new Refusal(400, parsed.error.issues.map(issueText).join("; ").slice(0, 300));
}

/** Refuses a body where none belongs, as pages of others send them. Throws `Refusal`. */
export function requireJsonOrNothing({ headers }: Request): void {
  const type = headers.get("content-type");
  if (type !== null && !isJson(type)) throw new Refusal(415, "A request body must be application/json");
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, "The request body is not valid JSON");
  }
}

/** What is wrong and where; never the value, which may be a secret. */
function issueText({ message, path }: z.core.$ZodIssue): string {
  return path.length === 0 ? message : `${path.join(".")}: ${message}`;
}
