import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { exitOf, FirstbootError } from "../src/error.js";
import { sourceFiles } from "./architecture/source.js";

const page = readFileSync(new URL("../docs/errors.md", import.meta.url), "utf8");

describe("errors", () => {
  it.each(Object.entries(exitOf))("%s has a heading in docs/errors.md with its exit code %d", (code, exitCode) => {
    const section = page.split(/^## /m).find((text) => text.startsWith(`${code}\n`));
    expect(section?.replace(/\s+/g, " ")).toContain(`Exit code ${exitCode}.`);
  });

  it("have no codes and no headings that nothing raises", () => {
    const raised = new Set(
      sourceFiles
        .filter(({ path }) => path !== "src/error.ts")
        .flatMap(({ tree }) => tree.text.match(/FB\d{4}/g) ?? []),
    );
    expect(Object.keys(exitOf).filter((code) => !raised.has(code))).toEqual([]);
    expect(page.match(/^## FB\d{4}$/gm)?.map((heading) => heading.slice(3))).toEqual(Object.keys(exitOf));
  });

  it("are one line: code, what, why, what to do", () => {
    const error = new FirstbootError("FB1002", {
      what: "cannot write to x",
      why: "the disk is full",
      fix: "make room",
    });
    expect(error.line).toBe("FB1002: cannot write to x; the disk is full; make room");
    expect(error.exitCode).toBe(2);
  });
});
