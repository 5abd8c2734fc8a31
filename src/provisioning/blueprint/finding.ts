/** A part of a path into a document: a key, or a position in a list. */
export type PathPart = string | number;
export type Path = readonly PathPart[];

/** Where something stands in a text, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/**
 * Something about a document. An `error` cannot be applied. What is `strict` a Pangolin server would refuse, where firstboot
 * takes it for what was meant. A `warning` has less effect than its author may think.
 */
export interface Finding {
  readonly level: "error" | "strict" | "warning";
  readonly path: Path;
  readonly message: string;
  /** That the key at the end of the path is meant, such as one that is unknown, and not its value. */
  readonly at?: "key";
  /** Of the key or value in its YAML, if it came from one. */
  readonly place?: Place;
}

/** `public-resources.web.targets[0].port`; keys that are no plain words stand in brackets and quotes. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    if (!/^[\w-]+$/.test(part)) return `${text}[${JSON.stringify(part)}]`;
    return text === "" ? part : `${text}.${part}`;
  }, "");
}

/** `line 3, column 7` */
export function placeText({ line, column }: Place): string {
  return `line ${line}, column ${column}`;
}
