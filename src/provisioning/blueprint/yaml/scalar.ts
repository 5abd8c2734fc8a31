const constants: ReadonlyMap<string, null | boolean> = new Map([
  ...["", "~", "null", "Null", "NULL"].map((text) => [text, null] as const),
  ...["true", "True", "TRUE"].map((text) => [text, true] as const),
  ...["false", "False", "FALSE"].map((text) => [text, false] as const),
]);

const integer = /^([-+]?)(?:0b([01]+)|0o?([0-7]+)|0x([\da-f]+)|(0|[1-9]\d*))$/i;
const float = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:e[-+]?\d+)?$/i;
const bases = [2, 8, 16, 10];

/**
 * What an unquoted scalar means to newt's YAML parser (PROTOCOLS B1): as YAML 1.2 has it, but `0777` is octal and `1_000`
 * is a number. Infinities and dates stay text, since JSON has neither.
 */
export function plainValue(text: string): null | boolean | number | string {
  const constant = constants.get(text);
  if (constant !== undefined) return constant;
  if (!/^[-+.\d]/.test(text)) return text;
  const bare = text.startsWith(".") ? text : text.replaceAll("_", "");
  const [whole, sign, ...digits] = integer.exec(bare) ?? [];
  const base = digits.findIndex((some) => some !== undefined);
  const value =
    whole === undefined ? Number(float.test(bare) ? bare : Number.NaN) : parseInt(digits[base] ?? "", bases[base]);
  if (!Number.isFinite(value)) return text;
  return sign === "-" && value !== 0 ? -value : value;
}

const canonical = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/** `true`, `false`, or a number that is written as JSON would write it; any other text is itself. */
export function canonicalValue(text: string): boolean | number | string {
  if (text === "true" || text === "false") return text === "true";
  return canonical.test(text) && String(Number(text)) === text ? Number(text) : text;
}
