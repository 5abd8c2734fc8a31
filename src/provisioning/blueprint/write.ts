import { plainValue } from "./yaml/scalar.js";

/**
 * A document as YAML, in the order that it has. `readBlueprint` reads the same document again, templates filled: text that
 * could be taken for a number, a constant or a template stands in quotes.
 */
export function writeBlueprint(document: unknown): string {
  const lines: string[] = [];
  const marks = marksOf(document, "");
  if (marks.length === 0) return `${leafOf(document)}\n`;
  for (const [mark, value] of marks) write(value, mark, "", lines);
  return `${lines.join("\n")}\n`;
}

/** Writes a value behind what leads to it, or below: `head` is a line so far, `indent` how far its own map is indented. */
function write(value: unknown, head: string, indent: string, lines: string[]): void {
  const inner = `${indent}  `;
  const marks = marksOf(value, inner);
  if (marks.length === 0) {
    lines.push(`${head} ${leafOf(value)}`);
    return;
  }
  // What is in a list begins on the line of its dash.
  let lead = `${head} `;
  if (!head.endsWith("-")) {
    lines.push(head);
    lead = inner;
  }
  for (const [mark, below] of marks) {
    write(below, `${lead}${mark}`, inner, lines);
    lead = inner;
  }
}

/** What leads to each value of a map or list, and the value; nothing for all others and for empty ones. */
function marksOf(value: unknown, indent: string): (readonly [mark: string, value: unknown])[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.map((item) => ["-", item]);
  const entries = Object.entries(value).filter(([, below]) => below !== undefined);
  return entries.map(([key, below]) => [markOf(textOf(key), indent), below]);
}

/** YAML looks for the colon behind a key in 1,024 characters; behind a question mark, anywhere. */
function markOf(key: string, indent: string): string {
  return key.length < 1_000 ? `${key}:` : `? ${key}\n${indent}:`;
}

function leafOf(value: unknown): string {
  if (typeof value === "string") return textOf(value);
  if (Array.isArray(value)) return "[]";
  return typeof value === "object" && value !== null ? "{}" : (JSON.stringify(value) ?? "null");
}

/** What begins as nothing else in YAML does, and has no mark of a key or a comment in it. */
const bare = /^[\p{L}\d_/.](?:[\p{L}\d_/.@,*+=&$%~;!?()[\]'"<>|^#\\-]|:(?! |$)| (?![ #]|$))*$/u;
/** What JSON may leave as it is and YAML may not. */
const unprintable = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

function textOf(text: string): string {
  if (bare.test(text) && !text.startsWith("...") && plainValue(text) === text) return text;
  return JSON.stringify(text).replace(unprintable, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
