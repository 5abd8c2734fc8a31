import { decode, ExtData, encode } from "@msgpack/msgpack";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromJson, fromMsgpack, toMsgpack } from "../../src/terraform/codec.js";
import { Decimal, readFloat, readNumber, wireNumber } from "../../src/terraform/number.js";
import { type Type, unknown, type Value } from "../../src/terraform/type.js";

const roundTrip = (type: Type, value: Value) => fromMsgpack(type, toMsgpack(type, value));
const digits = (value: Value) => String(value);

/** A type with a value of it. */
const typed: fc.Arbitrary<{ type: Type; value: Value }> = fc.letrec<{ typed: { type: Type; value: Value } }>((tie) => {
  const name = fc.stringMatching(/^[a-z_]{1,8}$/);
  const number = fc.oneof(
    fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }).map((integer) => readNumber(String(integer))),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((float) => readNumber(String(float))),
  );
  const leaf = fc.oneof(
    fc.record({ type: fc.constant<Type>("string"), value: fc.string({ unit: "binary" }) }),
    fc.record({ type: fc.constant<Type>("bool"), value: fc.boolean() }),
    fc.record({ type: fc.constant<Type>("decimal"), value: number }),
    fc.record({ type: fc.constantFrom<Type>("string", "decimal", "dynamic"), value: fc.constantFrom(null, unknown) }),
  );
  const lists = fc
    .tuple(fc.constantFrom("list", "set"), fc.array(fc.string()))
    .map(([kind, value]): { type: Type; value: Value } => ({ type: [kind, "string"], value }));
  const maps = fc
    .dictionary(name, number, { noNullPrototype: true })
    .map((value): { type: Type; value: Value } => ({ type: ["map", "decimal"], value }));
  const objects = fc
    .dictionary(name, tie("typed"), { maxKeys: 3, noNullPrototype: true })
    .map((fields): { type: Type; value: Value } => ({
      type: ["object", Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, field.type]))],
      value: Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, field.value])),
    }));
  const tuples = fc.array(tie("typed"), { maxLength: 3 }).map((items): { type: Type; value: Value } => ({
    type: ["tuple", items.map((item) => item.type)],
    value: items.map((item) => item.value),
  }));
  const dynamics = tie("typed").map(({ value }): { type: Type; value: Value } => ({ type: "dynamic", value }));
  return { typed: fc.oneof({ depthSize: "small" }, leaf, lists, maps, objects, tuples, dynamics) };
}).typed;

describe("values in msgpack", () => {
  it("come back as they went, whatever their type", () => {
    fc.assert(
      fc.property(typed, ({ type, value }) => {
        expect(roundTrip(type, value)).toEqual(value);
      }),
    );
  });

  it.each([
    "9007199254740993",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551616",
    "123456789012345678901234567890",
    `1${"0".repeat(400)}`,
    "0.1",
    "0.30000000000000000000000000000000001",
    "-0.0000001",
  ])("keep every digit of %s", (text) => {
    expect(digits(roundTrip("decimal", readNumber(text)))).toBe(digits(readNumber(text)));
    expect(digits(fromMsgpack("decimal", encode(text)))).toBe(digits(readNumber(text)));
    expect(digits(fromJson("decimal", text))).toBe(digits(readNumber(text)));
  });

  it("read an int64 beyond the safe integers", () => {
    const value = 2n ** 53n + 1n;
    expect(fromMsgpack("decimal", encode(value, { useBigInt64: true }))).toEqual(new Decimal(String(value)));
  });

  it("write unknown as extension 0 and read any extension as unknown", () => {
    expect(Buffer.from(toMsgpack("string", unknown)).toString("hex")).toBe("d40000");
    const refined = encode(new ExtData(12, encode({ 1: false })));
    for (const type of ["string", "decimal", "dynamic", ["list", "string"]] satisfies Type[]) {
      expect(fromMsgpack(type, refined)).toBe(unknown);
    }
  });

  it("carry every attribute of an object, null included", () => {
    const type: Type = ["object", { name: "string", size: "number" }];
    expect(decode(toMsgpack(type, { name: "a" }))).toEqual({ name: "a", size: null });
  });

  it("write a dynamic value behind its type", () => {
    const [type, value] = [decode(toMsgpack("dynamic", { a: [true, 7] }))].flat();
    expect(JSON.parse(Buffer.from(type instanceof Uint8Array ? type : []).toString())).toEqual([
      "object",
      { a: ["tuple", ["bool", "number"]] },
    ]);
    expect(value).toEqual({ a: [true, 7] });
  });

  it.each<[Type, unknown]>([
    ["string", 7],
    ["bool", "true"],
    ["number", true],
    [["list", "string"], "a"],
    [["map", "string"], ["a"]],
    ["dynamic", 1],
  ])("of type %j refuse %j", (type, raw) => {
    expect(() => fromMsgpack(type, encode(raw))).toThrow(TypeError);
  });
});

describe("values in state JSON", () => {
  it("keep numbers exact, also beside strings that look like them", () => {
    const type: Type = ["object", { big: "decimal", text: "string", list: ["list", "decimal"], any: "dynamic" }];
    const json = String.raw`{"big":9007199254740993,"text":"1 \"2\" 3e4","list":[1e2,-0.50],"any":{"type":"number","value":1e400}}`;
    expect(fromJson(type, json)).toEqual({
      big: new Decimal("9007199254740993"),
      text: '1 "2" 3e4',
      list: [100, -0.5],
      any: new Decimal(`1${"0".repeat(400)}`),
    });
  });
});

describe("numbers", () => {
  it("have one form each: text, float and wire agree", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (float) => {
        const exact = readFloat(float);
        expect(Number(String(exact))).toBe(float + 0);
        expect(readNumber(String(wireNumber(exact)))).toEqual(exact);
      }),
      { examples: [[-0], [2 ** 53], [5e-324], [1e308]] },
    );
  });

  it("tell the float 0.1 from the decimal 0.1", () => {
    expect(readNumber("0.1")).toBe(0.1);
    expect(digits(readFloat(0.1))).toBe("0.1000000000000000055511151231257827021181583404541015625");
    expect(readFloat(0.5)).toBe(0.5);
  });
});
