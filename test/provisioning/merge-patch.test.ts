import fc from "fast-check";
import { expect, test } from "vitest";
import { mergePatch, mergePatchBetween } from "../../src/provisioning/merge-patch.js";

// The table of RFC 7396, appendix A.
test.each([
  ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
  ['{"a":"b"}', '{"a":null}', "{}"],
  ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
  ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
  ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
  ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
  ['["a","b"]', '["c","d"]', '["c","d"]'],
  ['{"a":"b"}', '["c"]', '["c"]'],
  ['{"a":"foo"}', "null", "null"],
  ['{"a":"foo"}', '"bar"', '"bar"'],
  ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
  ["[1,2]", '{"a":"b","c":null}', '{"a":"b"}'],
  ["{}", '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
])("%s patched with %s is %s", (before, patch, after) => {
  expect(mergePatch(JSON.parse(before), JSON.parse(patch))).toEqual(JSON.parse(after));
});

test("keys that prototypes have are keys as any other", () => {
  const patch = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":null}');
  const patched = mergePatch(JSON.parse('{"a":1}'), patch);
  expect({}).not.toHaveProperty("polluted");
  expect(Object.getPrototypeOf(patched)).toBe(Object.prototype);
  expect(JSON.stringify(patched)).toBe('{"a":1,"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
  expect(JSON.stringify(mergePatch(patched, JSON.parse('{"__proto__":{"polluted":null}}')))).toBe(
    '{"a":1,"__proto__":{},"constructor":{"prototype":{"polluted":1}}}',
  );
});

const key = fc.oneof(fc.constantFrom("a", "b", "c", "__proto__", "constructor"), fc.string());
const { document } = fc.letrec((tie) => ({
  document: fc.dictionary(key, tie("value"), { maxKeys: 4 }),
  value: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(fc.integer(), fc.string(), fc.boolean()),
    fc.array(fc.oneof(fc.integer(), fc.constant(null)), { maxLength: 3 }),
    tie("document"),
  ),
}));
const documents = document.map((value) => JSON.parse(JSON.stringify(value)));

test("what is between two documents makes one of the other, and nothing is between equal ones", () => {
  fc.assert(
    fc.property(documents, documents, (before, after) => {
      const patch = mergePatchBetween(before, after);
      expect(mergePatch(before, patch)).toEqual(after);
      expect(mergePatchBetween(after, after)).toEqual({});
      expect(mergePatch(after, patch)).toEqual(after);
    }),
  );
});
