import { FirstbootError } from "../../error.js";
import { type Finding, readBlueprint } from "../../provisioning/blueprint/index.js";
import { note } from "../output.js";
import { type DocumentFlags, findingCounts, findingLines, judge } from "./document.js";

/** A document that fits, with its templates filled. */
export interface Filled {
  readonly name: string;
  readonly value: object;
  /** Variables that it wants and nobody has set. */
  readonly unset: readonly Finding[];
  /** What was said about it, as servers say it. */
  readonly said: ReadonlySet<string>;
}

/** Reads a document and tells on stderr what there is to say of it. Throws FB1002, and FB1006 for one that does not fit. */
export async function filled(file: string, flags: DocumentFlags): Promise<Filled> {
  const judged = await judge(file, flags);
  const { name, yaml, env, check, findings, unset } = judged;
  for (const line of findingLines(judged)) note(line);
  const templates = flags.strict ? "text" : "scalars";
  const value = check.ok ? readBlueprint(yaml, env, { templates }).document : undefined;
  if (typeof value !== "object" || value === null) {
    const why = findingCounts(findings);
    throw new FirstbootError("FB1006", { what: `${name} does not fit`, why, fix: "mend what is said above" });
  }
  return { name, value, unset, said: new Set(findings.map(({ path, message }) => `${message} at "${path}"`)) };
}
