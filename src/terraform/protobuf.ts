import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** How one field of a message is written and read; `In` is what an encoder accepts, `Out` what a decoder gives. */
export interface Field<In, Out> {
  /** The value of a field that is not on the wire. */
  empty(): Out;
  read(reader: BinaryReader, before: Out): Out;
  write(writer: BinaryWriter, number: number, value: In): void;
}

/** A message as data: each field's number and kind. Unknown fields are skipped. */
export interface Message<In, Out> {
  encode(value: In): Uint8Array;
  decode(bytes: Uint8Array): Out;
}

type Fields = Readonly<Record<string, readonly [number: number, field: Field<never, unknown>]>>;
type FieldsIn<F extends Fields> = {
  readonly [K in keyof F]?: F[K][1] extends Field<infer In, unknown> ? In | undefined : never;
};
type FieldsOut<F extends Fields> = {
  readonly [K in keyof F]: F[K][1] extends Field<never, infer Out> ? Out : never;
};

/** What `encode` of a message accepts. */
export type InputOf<M> = M extends Message<infer In, unknown> ? In : never;
/** What `decode` of a message gives. */
export type OutputOf<M> = M extends Message<never, infer Out> ? Out : never;

export function message<const F extends Fields>(fields: F): Message<FieldsIn<F>, FieldsOut<F>>;
export function message(
  fields: Readonly<Record<string, readonly [number, Field<unknown, unknown>]>>,
): Message<Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>> {
  const entries = Object.entries(fields);
  const byNumber = new Map(entries.map(([name, [number, field]]) => [number, { name, field }]));
  return {
    encode(value) {
      const writer = new BinaryWriter();
      for (const [name, [number, field]] of entries) {
        if (value[name] !== undefined) field.write(writer, number, value[name]);
      }
      return writer.finish();
    },
    decode(bytes) {
      const reader = new BinaryReader(bytes);
      const out: Record<string, unknown> = {};
      for (const [name, [, field]] of entries) out[name] = field.empty();
      while (reader.pos < reader.len) {
        const [number, wireType] = reader.tag();
        const known = byNumber.get(number);
        if (known) out[known.name] = known.field.read(reader, out[known.name]);
        else reader.skip(wireType, number);
      }
      return out;
    },
  };
}

interface Scalar<T> extends Field<T, T> {
  readonly wireType: WireType;
  get(reader: BinaryReader): T;
  put(writer: BinaryWriter, value: T): void;
}

function scalar<T extends string | boolean | number | Uint8Array>(
  initial: T,
  wireType: WireType,
  get: (reader: BinaryReader) => T,
  put: (writer: BinaryWriter, value: T) => void,
): Scalar<T> {
  return {
    wireType,
    get,
    put,
    empty: () => initial,
    read: (reader) => get(reader),
    write: (writer, number, value) => put(writer.tag(number, wireType), value),
  };
}

export const text = scalar<string>(
  "",
  WireType.LengthDelimited,
  (reader) => reader.string(),
  (writer, value) => writer.string(value),
);
export const bytes = scalar<Uint8Array>(
  new Uint8Array(),
  WireType.LengthDelimited,
  (reader) => reader.bytes(),
  (writer, value) => writer.bytes(value),
);
export const bool = scalar<boolean>(
  false,
  WireType.Varint,
  (reader) => reader.bool(),
  (writer, value) => writer.bool(value),
);
/** An int64 or enum within the safe integers. */
export const int = scalar<number>(
  0,
  WireType.Varint,
  (reader) => Number(reader.int64()),
  (writer, value) => writer.int64(value),
);

/** A field that may be absent: a message, `optional` or a member of a `oneof`. */
export function one<In, Out>(of: Message<In, Out>): Field<In, Out | undefined> {
  return {
    empty: () => undefined,
    read: (reader) => of.decode(reader.bytes()),
    write: (writer, number, value) => writer.tag(number, WireType.LengthDelimited).bytes(of.encode(value)),
  };
}

export function optional<T>(of: Scalar<T>): Field<T, T | undefined> {
  return { empty: () => undefined, read: (reader) => of.get(reader), write: of.write };
}

export function repeated<In, Out>(of: Message<In, Out>): Field<readonly In[], readonly Out[]> {
  const item = one(of);
  return {
    empty: () => [],
    read: (reader, before) => [...before, of.decode(reader.bytes())],
    write: (writer, number, values) => {
      for (const value of values) item.write(writer, number, value);
    },
  };
}

/** A `map` with string keys: on the wire a repeated message of key 1 and value 2. */
export function map<In, Out>(
  of: Message<In, Out>,
): Field<Readonly<Record<string, In>>, Readonly<Record<string, Out | undefined>>> {
  const entry = message({ key: [1, text], value: [2, one(of)] });
  return {
    empty: () => ({}),
    read: (reader, before) => {
      const { key, value } = entry.decode(reader.bytes());
      return { ...before, [key]: value };
    },
    write: (writer, number, values) => {
      for (const [key, value] of Object.entries(values)) {
        writer.tag(number, WireType.LengthDelimited).bytes(entry.encode({ key, value }));
      }
    },
  };
}
