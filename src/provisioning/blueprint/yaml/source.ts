import type { Env } from "../../../world/world.js";
import { fillTemplate, valueOfTemplate } from "../../template.js";
import { lastAtMost } from "./lines.js";

/** What a YAML parser is given for a blueprint, and the way back from what it says. */
export interface Source {
  readonly text: string;
  /** Fills the templates of a scalar that was parsed from the text. */
  fill(scalar: string): string;
  /** Whether a scalar is one template and nothing else. */
  isTemplate(scalar: string): boolean;
  /** A message about the text, as its author wrote it. */
  restore(message: string): string;
  /** Where in the blueprint something stands that is at an offset of the text. */
  originOf(offset: number): number;
}

const template = /\{\{[^}]+\}\}/g;

/**
 * The templates stay out of the parser's sight: each is replaced by private-use characters, which mean nothing to YAML, and
 * is filled in the scalar that it has become part of. So no value can change the structure. Placeholders are as long as
 * their templates and move no column; the two characters that they are made of do not stand in the blueprint, neither
 * themselves nor as an escape.
 */
export function sourceOfScalars(yaml: string, env: Env): Source {
  const raws: string[] = [];
  const [mark, pad] = unusedIn(yaml);
  const text = yaml.replace(template, (raw) =>
    valueOfTemplate(raw, env) === undefined
      ? raw
      : `${mark}${(raws.push(raw) - 1).toString(36).padStart(digits, "0")}`.padEnd(raw.length, pad),
  );
  const placeholder = new RegExp(`${mark}([0-9a-z]{${digits}})${pad}*`, "g");
  const whole = new RegExp(`^${placeholder.source}$`);
  const replaced = (scalar: string, by: (raw: string) => string): string =>
    raws.length === 0 ? scalar : scalar.replace(placeholder, (_, index: string) => by(raws[parseInt(index, 36)] ?? ""));
  return {
    text,
    fill: (scalar) => replaced(scalar, (raw) => valueOfTemplate(raw, env) ?? raw),
    isTemplate: (scalar) => whole.test(scalar),
    restore: (message) => replaced(message, (raw) => raw),
    originOf: (offset) => offset,
  };
}

/** Five characters hold a mark and the number of any template that 1 MiB has room for; the shortest has eight. */
const digits = 4;

/** Two characters that do not occur in a text; should it have all 6,400 private ones, two that are no characters at all. */
function unusedIn(text: string): readonly [string, string] {
  const used = new Set<number>();
  for (const [char, short, long] of text.matchAll(/[\uE000-\uF8FF]|\\u([\da-f]{4})|\\U([\da-f]{8})/gi)) {
    used.add((short ?? long) ? parseInt(short ?? long ?? "", 16) : char.charCodeAt(0));
  }
  const free: string[] = [];
  for (let code = 0xe000; free.length < 2 && code <= 0xf8ff; code += 1) {
    if (!used.has(code)) free.push(String.fromCharCode(code));
  }
  return [free[0] ?? "\uFDD0", free[1] ?? "\uFDD1"];
}

/** The templates are filled in the text, as newt does it (PROTOCOLS B1): values are YAML, and may break it. */
export function sourceOfText(yaml: string, env: Env): Source {
  // Where stretches of the filled text begin, and what is there: what they come from, and whether it is a template.
  const starts = [0];
  const origins = [{ offset: 0, template: false }];
  let grown = 0;
  const text = yaml.replace(template, (raw, offset: number) => {
    const value = fillTemplate(raw, env);
    starts.push(offset + grown, offset + grown + value.length);
    origins.push({ offset, template: true }, { offset: offset + raw.length, template: false });
    grown += value.length - raw.length;
    return value;
  });
  return {
    text,
    fill: (scalar) => scalar,
    isTemplate: () => false,
    restore: (message) => message,
    originOf: (offset) => {
      const stretch = lastAtMost(starts, offset);
      const origin = origins[stretch] ?? { offset: 0, template: false };
      return origin.template ? origin.offset : origin.offset + offset - (starts[stretch] ?? 0);
    },
  };
}
