import { FirstbootError } from "../../error.js";

const assignment = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/s;
const singleQuoted = /^'([^']*)'\s*(?:#.*)?$/;
const doubleQuoted = /^"((?:[^"\\]|\\.)*)"\s*(?:#.*)?$/;
const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/** The value as written after `=`; undefined if its quotes do not fit. */
function readValue(written: string): string | undefined {
  const [, literal] = singleQuoted.exec(written) ?? [];
  if (literal !== undefined) return literal;
  const [, escaped] = doubleQuoted.exec(written) ?? [];
  if (escaped !== undefined)
    return escaped.replace(/\\(.)/g, (_, character: string) => escapes[character] ?? character);
  const plain = written.replace(/(^|\s+)#.*$/, "").trim();
  return /["']/.test(plain) ? undefined : plain;
}

/**
 * The variables of a `.env` file: one `NAME=value` a line, `export` before it or not, `#` comments, values plain, in single
 * quotes (as they stand) or double quotes (with `\n`, `\r`, `\t`, `\"`, `\\`). The last of equal names wins. Throws FB1005
 * with the line, never with the value.
 */
export function parseEnvFile(source: string, path: string): Readonly<Record<string, string>> {
  const variables = new Map<string, string>();
  for (const [index, line] of source
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    const written = line.trim();
    if (written === "" || written.startsWith("#")) continue;
    const [, name, rest = ""] = assignment.exec(written) ?? [];
    const value = readValue(rest);
    if (name === undefined || value === undefined) {
      throw new FirstbootError("FB1005", {
        what: `${path}: line ${index + 1} does not fit`,
        why: name === undefined ? "it is not NAME=value" : `the quotes of ${name} do not match`,
        fix: "mend the line",
      });
    }
    variables.set(name, value);
  }
  return Object.fromEntries(variables);
}
