import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { benchmarksPage } from "../bench/page.js";

it("docs/benchmarks.md is what the last results make it", () => {
  const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
  expect(read("../docs/benchmarks.md")).toBe(benchmarksPage(JSON.parse(read("../bench/results.json"))));
});
