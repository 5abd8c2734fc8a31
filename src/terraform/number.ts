/**
 * A number that JavaScript's would change: an integer beyond 2^53 or a fraction with too many digits. Its text is
 * canonical, so that equal numbers have equal texts.
 */
export class Decimal {
  /** @param text digits with an optional sign and fraction, without an exponent. */
  constructor(readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

const decimalNumber = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i;

/**
 * The number a decimal text stands for: a JavaScript number if that has exactly these digits, else a `Decimal`. One
 * number has one form, however it came, so that forms can be compared.
 */
export function readNumber(text: string): number | Decimal {
  const canonical = canonicalText(text);
  const number = Number(canonical);
  return isExact(number, canonical) ? number : new Decimal(canonical);
}

function isExact(number: number, canonical: string): boolean {
  if (Number.isInteger(number)) return Number.isSafeInteger(number);
  return Number.isFinite(number) && canonicalText(String(number)) === canonical;
}

/** The number a 64-bit float stands for, with all its digits: 0.1 is 0.1000000000000000055… */
export function readFloat(float: number): number | Decimal {
  // Terraform has one zero.
  if (Number.isInteger(float)) return Number.isSafeInteger(float) ? float + 0 : new Decimal(BigInt(float).toString());
  let [scaled, bits] = [float, 0];
  for (; !Number.isInteger(scaled); scaled *= 2) bits++;
  const digits = BigInt(scaled) * 5n ** BigInt(bits);
  return readNumber(`${digits}e-${bits}`);
}

/** What represents a number exactly in msgpack: an integer, or decimal digits as a string. */
export function wireNumber(value: number | Decimal): number | string {
  if (value instanceof Decimal) return value.text;
  return Number.isSafeInteger(value) ? value + 0 : canonicalText(String(value));
}

/** Without exponent, leading zeros of the integer and trailing zeros of the fraction. */
function canonicalText(text: string): string {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = decimalNumber.exec(text) ?? [];
  if (whole + fraction === "") throw new TypeError(`not a number: ${text}`);
  const point = whole.length + Number(exponent);
  const digits = (whole + fraction).padEnd(point, "0");
  const shift = Math.max(0, -point);
  const integer = digits.slice(0, Math.max(0, point)).replace(/^0+(?=\d)/, "") || "0";
  const rest = ("0".repeat(shift) + digits.slice(Math.max(0, point))).replace(/0+$/, "");
  const unsigned = rest === "" ? integer : `${integer}.${rest}`;
  return sign === "-" && unsigned !== "0" ? `-${unsigned}` : unsigned;
}
