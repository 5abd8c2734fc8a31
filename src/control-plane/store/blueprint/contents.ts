import { type BlueprintCheck, checkBlueprint, type Finding, pathText } from "../../../provisioning/blueprint/index.js";
import { isTooDeep } from "../../json-depth.js";

/** The longest document, characters. */
const longest = 1 << 20;

/** What is told of one document: so many findings, and so many characters of each. */
const most = { findings: 100, characters: 500 } as const;

/** Looks at a document that came as a JSON text. */
export function checkText(contents: string): BlueprintCheck {
  if (contents.length > longest) return refused("the blueprint is larger than 1 MiB");
  if (isTooDeep(contents)) return refused("the blueprint is nested too deeply");
  let document: unknown;
  try {
    document = JSON.parse(contents);
  } catch {
    return refused("the blueprint is not JSON");
  }
  return checkBlueprint(document);
}

function refused(message: string): BlueprintCheck {
  return { ok: false, problems: [{ level: "error", path: [], message }], warnings: [] };
}

/** A finding in words, as a Pangolin server puts it (PROTOCOLS B11). */
export function findingText({ path, message }: Finding): string {
  return path.length === 0 ? message : `${message} at "${pathText(path)}"`;
}

/** So many texts of so many, in bounded length. */
export function bounded(texts: readonly string[]): string[] {
  const shown = texts.slice(0, most.findings).map((text) => shortened(text));
  return texts.length > most.findings ? [...shown, `${texts.length - most.findings} more`] : shown;
}

function shortened(text: string): string {
  return text.length > most.characters ? `${text.slice(0, most.characters)}…` : text;
}
