import { isMap, isScalar, parseDocument, type Scalar, visit } from "yaml";
import { FirstbootError } from "../../error.js";
import type { Env } from "../../world/world.js";
import { fillTemplate } from "../template.js";

const token = /\{\{[^}]+\}\}/g;
/** Private-use characters, as long as the template they stand for: they mean nothing to YAML and move no column. */
const placeholder = /\uE000(\d+)\uE001+/g;
const wholePlaceholder = /^\uE000\d+\uE001+$/;
const numberOrBoolean = /^(?:true|false|-?(?:0|[1-9]\d*)(?:\.\d+)?)$/;

/**
 * Reads a blueprint's YAML and fills its templates from an environment. Templates are filled in parsed scalars and keys,
 * so that no value can change the structure; one that is a whole unquoted scalar may become a number or a boolean, as it
 * does in newt (PROTOCOLS B1). Throws FB1006 with line and column.
 */
export function readBlueprint(yaml: string, env: Env): unknown {
  const templates: string[] = [];
  const plain = yaml.replace(token, (template) =>
    `\uE000${templates.push(template) - 1}\uE001`.padEnd(template.length, "\uE001"),
  );
  const document = parseDocument(plain, { prettyErrors: true });
  const [error] = document.errors;
  if (error) {
    const [start] = error.linePos ?? [];
    throw new FirstbootError("FB1006", {
      what: `the blueprint is not YAML${start ? ` at line ${start.line}, column ${start.col}` : ""}`,
      why: error.message.split("\n")[0]?.replace(/ at line .*$/, "") ?? "unreadable",
    });
  }

  const fill = (text: string): string =>
    fillTemplate(
      text.replace(placeholder, (_, index) => templates[Number(index)] ?? ""),
      env,
    );
  visit(document, {
    Scalar: (_, scalar) => {
      if (typeof scalar.value === "string") scalar.value = filledValue(scalar, scalar.value, fill);
    },
  });
  if (!isMap(document.contents)) throw new FirstbootError("FB1006", { what: "the blueprint is not a map of sections" });
  return document.toJS();
}

function filledValue(scalar: Scalar, text: string, fill: (text: string) => string): string | number | boolean {
  const filled = fill(text);
  const wholeAndPlain = scalar.type === "PLAIN" && wholePlaceholder.test(text);
  return wholeAndPlain && isScalar(scalar) && numberOrBoolean.test(filled) ? JSON.parse(filled) : filled;
}

/** The JSON text that a site sends for a blueprint file (PROTOCOLS B1). */
export function blueprintJson(yaml: string, env: Env): string {
  return JSON.stringify(readBlueprint(yaml, env));
}
