import {
  type BlueprintCheck,
  checkBlueprintYaml,
  type Finding,
  type Place,
  pathText,
} from "../../provisioning/blueprint/index.js";
import type { Env } from "../../world/world.js";
import { readText } from "../settings.js";
import { readStdin } from "../stdin.js";
import { counted } from "../words.js";
import { unsetVariables } from "./unset.js";

/** How templates are filled, and by whose rules a document is judged. */
export interface DocumentFlags {
  readonly env?: Readonly<Record<string, string>>;
  readonly strict?: boolean;
}

/** A document as it was given, and what there is to say about it. */
export interface Judged {
  /** Its file as it was named, or `<stdin>`. */
  readonly name: string;
  readonly yaml: string;
  /** This process's environment, with what was given beside it. */
  readonly env: Env;
  readonly check: BlueprintCheck;
  /** All that was found, by place. */
  readonly findings: readonly Told[];
  /** Variables that the document wants and nobody has set. */
  readonly unset: readonly Finding[];
}

/** A finding in the words that a person is told it in. */
export interface Told {
  /** `strict` only where it counts as a warning. */
  readonly level: Finding["level"];
  readonly path: string;
  readonly place: Place;
  readonly message: string;
}

/** Reads a file, or standard input for `-`, and checks it. Throws FB1002. */
export async function judge(file: string, { env: given = {}, strict = false }: DocumentFlags): Promise<Judged> {
  const yaml = file === "-" ? await readStdin() : readText(file);
  const env = { ...process.env, ...given };
  const check = checkBlueprintYaml(yaml, env, { strict });
  const unset = unsetVariables(yaml, env);
  const found = [...(check.ok ? [] : check.problems), ...check.warnings, ...unset].map((finding) =>
    told(finding, strict),
  );
  return { name: file === "-" ? "<stdin>" : file, yaml, env, check, unset, findings: found.sort(byPlace) };
}

function told({ level, path, place, message }: Finding, strict: boolean): Told {
  return {
    level: level === "strict" && strict ? "error" : level,
    path: pathText(path),
    place: place ?? { line: 1, column: 1 },
    message,
  };
}

function byPlace({ place: one }: Told, { place: other }: Told): number {
  return one.line - other.line || one.column - other.column;
}

/** Each finding as compilers write them, so that editors can jump there, with its line below. */
export function findingLines({ name, yaml, findings }: Judged): string[] {
  const lines = yaml.split(/\r?\n/);
  return findings.flatMap((finding) => {
    const { level, path, place, message } = finding;
    const where = path === "" ? "" : `${path}: `;
    return [
      `${name}:${place.line}:${place.column}: ${level}: ${where}${message}`,
      ...(path === "" && isBelowSecret(lines, place.line - 1) ? [] : excerpt(lines[place.line - 1] ?? "", finding)),
    ];
  });
}

/** The words for what stands beside secrets; such lines are not repeated, since output is kept in logs. */
const secret = /password|pincode|secret|token|basic-auth|headers|authorization/i;
const widest = 100;

/** Whether one of the keys that a line stands below is a secret's: where the text is broken, no path tells. */
function isBelowSecret(lines: readonly string[], at: number): boolean {
  let depth = depthOf(lines[at] ?? "");
  for (let above = at - 1; above >= 0 && depth > 0; above -= 1) {
    const line = lines[above] ?? "";
    if (line.trim() === "" || depthOf(line) >= depth) continue;
    if (secret.test(line)) return true;
    depth = depthOf(line);
  }
  return false;
}

/** Where a line's text begins, behind the dashes of lists. */
function depthOf(line: string): number {
  return line.search(/[^\s-]|$/);
}

function excerpt(line: string, { path, place }: Told): string[] {
  if (line.trim() === "" || secret.test(line) || secret.test(path) || place.column > widest) return [];
  const number = String(place.line).padStart(5);
  const clipped = line.length > widest ? `${line.slice(0, widest)}…` : line;
  const shown = clipped.replace(/\p{Cc}/gu, " ");
  return [`${number} | ${shown}`, `${" ".repeat(number.length)} | ${" ".repeat(place.column - 1)}^`];
}

/** `2 errors, 1 warning`; empty if there is nothing. */
export function findingCounts(findings: readonly Told[]): string {
  const count = (level: Told["level"]): number => findings.filter((finding) => finding.level === level).length;
  const [errors, strict, warnings] = [count("error"), count("strict"), count("warning")];
  return [
    errors > 0 && counted(errors, "errors"),
    strict > 0 && `${strict} strict (a Pangolin server would refuse ${strict === 1 ? "it" : "them"})`,
    warnings > 0 && counted(warnings, "warnings"),
  ]
    .filter(Boolean)
    .join(", ");
}
