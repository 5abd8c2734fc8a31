import { CodecError, fromJson, fromMsgpack, toMsgpack } from "./codec.js";
import type { InputOf, OutputOf } from "./protobuf.js";
import { type Attributes, objectType } from "./schema.js";
import type { DynamicValue } from "./tfplugin6.js";
import type { Unknown, Value, Values } from "./type.js";

/** The attributes in a message; undefined for a null object, as when a resource does not exist. */
export function readValues(
  attributes: Attributes,
  wire: OutputOf<typeof DynamicValue> | undefined,
): Values | undefined {
  if (wire === undefined) return undefined;
  const type = objectType(attributes);
  return asValues(wire.msgpack.length > 0 ? fromMsgpack(type, wire.msgpack) : fromJson(type, utf8(wire.json)));
}

/** The attributes in a state file. */
export function readState(attributes: Attributes, json: Uint8Array): Values | undefined {
  return asValues(fromJson(objectType(attributes), utf8(json)));
}

export function writeValues(attributes: Attributes, values: Values | undefined): InputOf<typeof DynamicValue> {
  return { msgpack: toMsgpack(objectType(attributes), values ?? null) };
}

function asValues(value: Value): Values | undefined {
  if (value === null) return undefined;
  if (isObject(value)) return value;
  throw new CodecError("expected an object");
}

function isObject(value: Exclude<Value, null>): value is Exclude<Values, Unknown> {
  return typeof value === "object" && !Array.isArray(value);
}

function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("utf8");
}
