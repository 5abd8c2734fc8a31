import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { exitOf, FirstbootError } from "../src/error.js";

const page = readFileSync(new URL("../docs/errors.md", import.meta.url), "utf8");

describe("errors", () => {
  it.each(Object.entries(exitOf))("%s has a heading in docs/errors.md with its exit code %d", (code, exitCode) => {
    const section = page.split(/^## /m).find((text) => text.startsWith(`${code}\n`));
    expect(section?.replace(/\s+/g, " ")).toContain(`Exit code ${exitCode}.`);
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
