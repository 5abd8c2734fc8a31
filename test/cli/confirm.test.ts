import { expect, test } from "vitest";
import { confirm } from "../../src/cli/confirm.js";

test("a deletion at a terminal wants --yes, and says what it would delete", () => {
  expect(() => confirm({}, "the key spk-a", true)).toThrow(/would delete the key spk-a.*--yes/);
  expect(() => confirm({ yes: true }, "the key spk-a", true)).not.toThrow();
});

test("a script is not asked", () => {
  expect(() => confirm({}, "the key spk-a", false)).not.toThrow();
});
