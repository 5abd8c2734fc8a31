import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import { FirstbootError, reasonOf } from "../src/error.js";
import { issuePath, scenarioError } from "./problem.js";
import { Scenario } from "./scenario.js";

/** Reads a scenario's YAML. Whatever is wrong with it becomes one FB1003 with file, line and column. */
export function loadScenario(path: string, text: string): Scenario {
  const lines = new LineCounter();
  const placeOf = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${line}:${col}`;
  };
  const { document, value } = readYaml(path, text, lines, placeOf);
  const parsed = Scenario.safeParse(value);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  const place = placeOf(first ? offsetOf(document, issuePath(first)) : 0);
  throw scenarioError(place, Scenario, value, parsed.error.issues);
}

function readYaml(path: string, text: string, lineCounter: LineCounter, placeOf: (offset: number) => string) {
  try {
    const document = parseDocument(text, { lineCounter, logLevel: "error", prettyErrors: false });
    const [error] = document.errors;
    if (error) throw notYaml(placeOf(error.pos[0]), error.message);
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    return { document, value };
  } catch (error) {
    throw error instanceof FirstbootError ? error : notYaml(`${path}:1:1`, reasonOf(error));
  }
}

function notYaml(place: string, why: string): FirstbootError {
  const [line = "unreadable"] = why.split(/[\r\n]/);
  return new FirstbootError("FB1003", { what: `${place}: not readable as YAML`, why: line });
}

/** Where the key or item at a path starts, or the closest one above it that exists. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  const parent = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents;
  const last = path.at(-1);
  const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && key.value === last) : undefined;
  const node = pair ? pair.key : document.getIn(path, true);
  if (isNode(node) && node.range) return node.range[0];
  return path.length === 0 ? 0 : offsetOf(document, path.slice(0, -1));
}
