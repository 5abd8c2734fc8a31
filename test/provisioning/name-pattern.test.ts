import fc from "fast-check";
import { expect, test } from "vitest";
import { fitsPattern } from "../../src/provisioning/name-pattern.js";

test.each([
  ["gate-7", "gate-*"],
  ["GATE-7", "gate-?"],
  ["gate-7", "Gate-7"],
  ["", "*"],
  ["a", "**?"],
  ["store-12-till-3", "store-*-till-?"],
  ["aab", "*ab"],
  ["😀-1", "?-1"],
  ["ΟΔΟΣ-1", "οδοσ-*"],
  ["cafe\u0301", "café"],
  ["a*b", "a*b"],
  ["a.b", "a.b"],
])("%j fits %j", (name, pattern) => {
  expect(fitsPattern(name, pattern)).toBe(true);
});

test.each([
  ["my-gate-7", "gate-*"],
  ["gate-7-old", "gate-?"],
  ["gate-", "gate-?"],
  ["", "?"],
  ["a+b", "a.b"],
  ["aaa", "a+"],
  ["gate-7\nx", "gate-?"],
])("%j does not fit %j", (name, pattern) => {
  expect(fitsPattern(name, pattern)).toBe(false);
});

const expressions = new Map([
  ["*", ".*"],
  ["?", "."],
  [".", "\\."],
]);

test("a pattern is what the regular expression of its parts is", () => {
  const piece = fc.constantFrom("a", "b", "A", "*", "?", ".", "-");
  const text = fc.array(fc.constantFrom("a", "b", "B", ".", "-"), { maxLength: 12 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(text, fc.array(piece, { maxLength: 8 }), (name, parts) => {
      const source = parts.map((part) => expressions.get(part) ?? part).join("");
      expect(fitsPattern(name, parts.join(""))).toBe(new RegExp(`^${source}$`, "i").test(name));
    }),
  );
});

test("no pattern takes long to try", () => {
  const started = process.cpuUsage();
  expect(fitsPattern("a".repeat(255), `${"a*".repeat(127)}b`)).toBe(false);
  expect(process.cpuUsage(started).user).toBeLessThan(500_000);
});
