import { isPrototypeKey } from "../bounds.js";
import { type Path, type PathPart, pathText } from "../finding.js";
import { deepest } from "../yaml/limits.js";

/** What the labels of blueprints begin with (PROTOCOLS B13). */
export const prefix = "pangolin.";

/** `pangolin.public-resources.web.targets[0].port` */
export function labelName(path: Path): string {
  return `${prefix}${pathText(path)}`;
}

const part = /(?:^|\.)([^.[\]"]+)|\[(\d{1,6})\]|(?:^|\.)?\[("(?:[^"\\]|\\.)*")\]/y;

/** The path that a label's name stands for, or what is wrong with it. */
export function pathOfLabel(name: string): Path | string {
  const text = name.slice(prefix.length);
  const path: PathPart[] = [];
  part.lastIndex = 0;
  while (part.lastIndex < text.length) {
    const [whole, word, index, quoted] = part.exec(text) ?? [];
    if (whole === undefined) return "is no path such as public-resources.web.targets[0].port";
    const key = index === undefined ? (word ?? unquoted(quoted)) : Number(index);
    if (key === undefined) return "has a name in quotes that is no JSON text";
    if (typeof key === "string" && isPrototypeKey(key)) return `has ${key} in it, which no document may have`;
    if (path.push(key) > deepest) return `is deeper than ${deepest} levels`;
  }
  return path.length > 0 ? path : "names nothing";
}

function unquoted(json = ""): string | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
