import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeMessage,
  encodeAsNewt,
  encodeHeartbeat,
  encodePong,
  knownHeartbeat,
  NewtMessage,
} from "../../src/protocol/newt/index.js";

const almostMessages = fc.record(
  {
    type: fc.oneof(fc.string({ maxLength: 120 }), fc.constant("newt/ping"), fc.jsonValue()),
    data: fc.jsonValue(),
    configVersion: fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.jsonValue()),
    more: fc.jsonValue(),
  },
  { requiredKeys: [] },
);

describe("a message of the newt channel", () => {
  it("is read exactly as its schema says", () => {
    fc.assert(
      fc.property(fc.oneof(almostMessages, fc.jsonValue()), (value) => {
        const text = JSON.stringify(value);
        const schema = NewtMessage.safeParse(JSON.parse(text));
        const { type, data, configVersion } = decodeMessage(text) ?? {};
        expect(type !== undefined).toBe(schema.success);
        if (schema.success) expect({ type, data, configVersion }).toEqual({ configVersion: undefined, ...schema.data });
      }),
      { numRuns: 500 },
    );
  });

  it("is none where the text is not JSON", () => {
    expect(["", "{", "null", "7", "[]", '"type"'].map(decodeMessage)).toEqual(Array(6).fill(undefined));
  });
});

describe("a heartbeat", () => {
  it("is written as newt writes it, for every config version", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), (configVersion) => {
        expect(encodeHeartbeat(configVersion)).toBe(encodeAsNewt({ type: "newt/ping", data: {}, configVersion }));
      }),
    );
    expect(encodeHeartbeat()).toBe('{"type":"newt/ping","data":{}}\n');
  });

  it("is known by its text and is then what reading it gives", () => {
    const text = encodeHeartbeat(1);
    expect(knownHeartbeat(text)).toEqual(decodeMessage(text));
    expect(knownHeartbeat(text.trim())).toBeUndefined();
  });

  it("is answered with the time", () => {
    const timestamp = "2026-02-21T12:00:00.000Z";
    expect(decodeMessage(encodePong(timestamp, 3))).toEqual({ type: "pong", data: { timestamp }, configVersion: 3 });
  });
});
