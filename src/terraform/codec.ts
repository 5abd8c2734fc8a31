import { decode, ExtData, encode } from "@msgpack/msgpack";
import { Decimal, readFloat, readNumber, wireNumber } from "./number.js";
import { readType, type Type, type Unknown, unknown, type Value, wireType } from "./type.js";

/** A value does not have the type that the schema says. */
export class CodecError extends TypeError {
  override readonly name = "CodecError";
}

/** Extension type 0 with one byte, as Terraform writes an unknown value. */
const unknownData = new ExtData(0, Uint8Array.of(0));

/** A value in Terraform's msgpack. */
export function toMsgpack(type: Type, value: Value): Uint8Array {
  return encode(outward(type, value));
}

export function fromMsgpack(type: Type, bytes: Uint8Array): Value {
  return inward(type, decode(bytes, { useBigInt64: true }));
}

/** A value from the JSON of a state file. Every number is read from its digits. */
export function fromJson(type: Type, text: string): Value {
  const quoted = text.replace(/("(?:[^"\\]|\\.)*")|-?\d[\d.eE+-]*/g, (token, string) => string ?? `"${token}"`);
  return inward(type, JSON.parse(quoted));
}

function outward(type: Type, value: Value): unknown {
  if (value === null) return null;
  if (value === unknown) return unknownData;
  if (type === "dynamic") {
    const own = typeOfValue(value);
    return [Buffer.from(JSON.stringify(wireType(own))), outward(own, value)];
  }
  if (typeof value === "number" || value instanceof Decimal) return wireNumber(value);
  if (typeof type === "string" || typeof value !== "object") return value;
  if (isList(value)) return value.map((item, index) => outward(elementType(type, index), item));
  const names = Object.keys(type[0] === "object" ? type[1] : value);
  return Object.fromEntries(names.map((name) => [name, outward(elementType(type, name), value[name] ?? null)]));
}

/** From what msgpack or quoted JSON gives to a value; both describe all but numbers and dynamic values alike. */
function inward(type: Type, raw: unknown): Value {
  if (raw === null || raw === undefined) return null;
  if (raw instanceof ExtData) return unknown;
  if (type === "string" && typeof raw === "string") return raw;
  if (type === "bool" && typeof raw === "boolean") return raw;
  if (type === "number" || type === "decimal") return inwardNumber(raw);
  if (type === "dynamic") return inwardDynamic(raw);
  if (typeof type !== "string") {
    if (Array.isArray(raw)) {
      if (type[0] !== "map" && type[0] !== "object")
        return raw.map((item, index) => inward(elementType(type, index), item));
    } else if (isRecord(raw) && (type[0] === "map" || type[0] === "object")) {
      const names = Object.keys(type[0] === "object" ? type[1] : raw);
      return Object.fromEntries(names.map((name) => [name, inward(elementType(type, name), raw[name])]));
    }
  }
  throw new CodecError(`expected ${JSON.stringify(wireType(type))}, got ${Array.isArray(raw) ? "a list" : typeof raw}`);
}

function inwardNumber(raw: unknown): number | Decimal {
  if (typeof raw === "number") return readFloat(raw);
  if (typeof raw === "bigint" || typeof raw === "string") return readNumber(String(raw));
  throw new CodecError(`expected a number, got ${typeof raw}`);
}

/** `[type, value]` in msgpack, `{type, value}` in JSON. */
function inwardDynamic(raw: unknown): Value {
  if (Array.isArray(raw) && raw[0] instanceof Uint8Array) {
    return inward(readType(JSON.parse(Buffer.from(raw[0]).toString("utf8"))), raw[1]);
  }
  if (isRecord(raw)) return inward(readType(raw.type), raw.value);
  throw new CodecError("expected a dynamic value");
}

/** The type of a value that carries it itself. */
function typeOfValue(value: Exclude<Value, null | Unknown>): Type {
  if (typeof value === "string") return "string";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number" || value instanceof Decimal) return "decimal";
  const own = (item: Value): Type => (item === null || item === unknown ? "dynamic" : typeOfValue(item));
  if (isList(value)) return ["tuple", value.map(own)];
  return ["object", Object.fromEntries(Object.entries(value).map(([name, item]) => [name, own(item)]))];
}

function elementType(type: Exclude<Type, string>, key: number | string): Type {
  const element = type[0] === "tuple" ? type[1][Number(key)] : type[0] === "object" ? type[1][key] : type[1];
  if (element === undefined) throw new CodecError(`the type has no element ${key}`);
  return element;
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function isRecord(raw: unknown): raw is Readonly<Record<string, unknown>> {
  return typeof raw === "object" && raw !== null && !Array.isArray(raw);
}
