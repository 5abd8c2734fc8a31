import { expect, test } from "vitest";
import { counted, settingInWords, timeInWords, usesInWords } from "../../src/cli/words.js";

const now = Date.parse("2030-01-01T00:00:00Z");
const after = (milliseconds: number) => new Date(now + milliseconds).toISOString();
const hour = 3_600_000;

test.each([
  [0, "now"],
  [999, "now"],
  [1_000, "in 1 second"],
  [7 * 24 * hour - 1, "in 7 days"],
  [36 * hour, "in 36 hours"],
  [-90 * 60_000, "90 minutes ago"],
  [-1_500, "2 seconds ago"],
  [800 * 24 * hour, "in 2 years"],
])("a moment %i ms ahead is %s", (ahead, words) => {
  expect(timeInWords(after(ahead), now)).toBe(words);
});

test("what has no time is never", () => {
  expect([timeInWords(null), timeInWords(undefined)]).toEqual(["never", "never"]);
});

test.each([
  [1, "1 second"],
  [90, "90 seconds"],
  [900, "15 minutes"],
  [3_600, "1 hour"],
  [129_600, "36 hours"],
  [604_800, "7 days"],
])("a setting of %i s is exactly %s", (seconds, words) => {
  expect(settingInWords(seconds)).toBe(words);
});

test("uses are counted against their limit", () => {
  expect([usesInWords(3, 25), usesInWords(3, null)]).toEqual(["3 of 25", "3, unlimited"]);
});

test("one is not many", () => {
  expect([counted(1, "codes"), counted(2, "codes"), counted(1, "exchanges")]).toEqual([
    "1 code",
    "2 codes",
    "1 exchange",
  ]);
});
