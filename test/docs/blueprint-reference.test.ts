import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { blueprintReference } from "../../scripts/blueprint-reference.js";

test("the reference of blueprints is what their schema says", () => {
  const page = readFileSync(new URL("../../docs/blueprint-reference.md", import.meta.url), "utf8");
  const remedy = "run npm run reference";
  expect(page === blueprintReference() ? "up to date" : remedy).toBe("up to date");
});
