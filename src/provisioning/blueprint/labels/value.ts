import { z } from "zod";
import type { Path } from "../finding.js";
import { BlueprintShape } from "../schema/document.js";
import { bareShape, shapeBelow } from "../shape.js";
import { canonicalValue } from "../yaml/scalar.js";
import { Branch } from "./tree.js";

/** Values of labels that stand for what has no text of its own. */
const literals: ReadonlyMap<string, () => unknown> = new Map<string, () => unknown>([
  ["null", () => null],
  ["{}", () => new Branch()],
  ["[]", () => new Branch(true)],
]);

/**
 * What a label's text means at a place of a document. Where the document wants text, it is that; elsewhere `true`, `false`
 * and numbers are converted (PROTOCOLS B13), and `null`, `{}` and `[]` are what they are in JSON,
 * maps and lists as branches that other labels may fill.
 */
export function valueOfLabel(text: string, path: Path): unknown {
  const wanted = shapeAt(path);
  if (wanted && takesText(wanted)) return text;
  return wanted && literals.has(text) ? literals.get(text)?.() : canonicalValue(text);
}

/** Whether a document wants text at a place, so that whatever a label says there is that. */
export function isTextAt(path: Path): boolean {
  const wanted = shapeAt(path);
  return wanted !== undefined && takesText(wanted);
}

function shapeAt(path: Path): z.core.$ZodType | undefined {
  return path.reduce<z.core.$ZodType | undefined>(shapeBelow, BlueprintShape);
}

function takesText(shape: z.core.$ZodType): boolean {
  const bare = bareShape(shape);
  if (bare instanceof z.ZodUnion) return bare.options.some(takesText);
  return bare instanceof z.ZodString || bare instanceof z.ZodStringFormat || bare instanceof z.ZodEnum;
}
