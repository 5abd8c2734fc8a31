import { describe, expect, it } from "vitest";
import { below, pick, seededRandom, text } from "../../src/world/random.js";

describe("a seeded stream", () => {
  it("is the same for the same seed and another for another", () => {
    expect(seededRandom(7).bytes(100)).toEqual(seededRandom(7).bytes(100));
    expect(seededRandom(7).bytes(100)).not.toEqual(seededRandom(8).bytes(100));
  });

  it("forks by name, whatever was drawn before", () => {
    const drawn = seededRandom(7);
    drawn.bytes(1000);
    expect(drawn.fork("device 1").uint32()).toBe(seededRandom(7).fork("device 1").uint32());
    expect(drawn.fork("device 1").uint32()).not.toBe(drawn.fork("device 2").uint32());
  });

  it("draws evenly and within bounds", () => {
    const random = seededRandom("even");
    const counts = [0, 0, 0];
    for (let i = 0; i < 3_000; i++) counts[below(random, 3)] = (counts[below(random, 3)] ?? 0) + 1;
    for (let i = 0; i < 100; i++) {
      expect(random.float()).toBeGreaterThanOrEqual(0);
      expect(random.float()).toBeLessThan(1);
    }
    for (const count of counts) expect(count).toBeGreaterThan(800);
    expect(text(random, "ab", 20)).toMatch(/^[ab]{20}$/);
    expect(() => pick(random, [])).toThrow(RangeError);
  });
});
