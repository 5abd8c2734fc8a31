import { Document, Scalar, visit } from "yaml";
import { plainValue } from "./yaml/scalar.js";

/**
 * A document as YAML, in the order that it has. `readBlueprint` reads the same document again, templates filled: text that
 * could be taken for a number, a constant or a template stands in quotes.
 */
export function writeBlueprint(document: unknown): string {
  const yaml = new Document(document, { aliasDuplicateObjects: false });
  visit(yaml, {
    Scalar: (_, scalar) => {
      if (typeof scalar.value === "string" && isAmbiguous(scalar.value)) scalar.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return yaml.toString({ lineWidth: 0 });
}

function isAmbiguous(text: string): boolean {
  return text === "<<" || text.includes("{{") || plainValue(text) !== text;
}
