import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { referencePages } from "../../scripts/reference-pages.js";

test.each([...referencePages()])("docs/%s is what the program says", (file, made) => {
  const page = readFileSync(new URL(`../../docs/${file}`, import.meta.url), "utf8");
  const remedy = "run npm run reference";
  expect(page === made ? "up to date" : remedy).toBe("up to date");
});
