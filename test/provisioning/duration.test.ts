import { describe, expect, it } from "vitest";
import { Duration, parseDuration } from "../../src/provisioning/duration.js";

describe("a duration", () => {
  it.each([
    ["250ms", 250],
    ["90s", 90_000],
    ["1.5h", 5_400_000],
    ["7d", 604_800_000],
    ["1w", 604_800_000],
  ])("%s is %d ms", (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each(["", "7", "d", "7 days", "-1s", "1d12h", "7constructor", "1e3s"])("%j is none", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it("is longer than nothing", () => {
    expect(() => Duration.days(0)).toThrow(expect.objectContaining({ code: "FB1009" }));
    expect(() => Duration.hours(Number.NaN)).toThrow(expect.objectContaining({ code: "FB1009" }));
    expect(String(Duration.days(7))).toBe("604800s");
  });
});
