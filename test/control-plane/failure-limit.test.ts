import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FailureLimit } from "../../src/control-plane/failure-limit.js";
import { Pace } from "../../src/control-plane/pace.js";
import { SilentClock } from "./silent-clock.js";

const minute = 60_000;

/** Guesses until one is beyond the limit; how many were not. */
function exhaust(limit: FailureLimit, address: string): number {
  let allowed = 0;
  while (limit.failed(address)) allowed++;
  return allowed;
}

describe("the limit of failures", () => {
  it("gives a source 60 wrong guesses, and all of them again after 15 minutes", () => {
    const clock = new SilentClock();
    const limit = new FailureLimit(clock);
    expect(exhaust(limit, "192.0.2.1")).toBe(60);
    expect(limit.isExhausted("192.0.2.1")).toBe(true);
    clock.move(15 * minute);
    expect(exhaust(limit, "192.0.2.1")).toBe(60);
  });

  it("forgives one every 15 seconds, and says when", () => {
    const clock = new SilentClock();
    const limit = new FailureLimit(clock);
    exhaust(limit, "192.0.2.1");
    expect(limit.retryAfterSeconds("192.0.2.1")).toBe(15);
    clock.move(14_999);
    expect(limit.retryAfterSeconds("192.0.2.1")).toBe(1);
    expect(limit.isExhausted("192.0.2.1")).toBe(true);
    clock.move(1);
    expect(exhaust(limit, "192.0.2.1")).toBe(1);
  });

  it("allows no more than its rate, however guesses are spread", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40_000 }), { minLength: 1, maxLength: 300 }), (pauses) => {
        const clock = new SilentClock();
        const limit = new FailureLimit(clock);
        let allowed = 0;
        for (const pause of pauses) {
          clock.move(pause);
          const isExhausted = limit.isExhausted("192.0.2.1");
          const isAllowed = limit.failed("192.0.2.1");
          expect(isAllowed).toBe(!isExhausted);
          if (isAllowed) allowed++;
        }
        expect(allowed).toBeLessThanOrEqual(60 + Math.ceil(clock.monotonic() / 15_000));
        expect(allowed).toBeGreaterThanOrEqual(Math.min(pauses.length, 60));
      }),
    );
  });

  it("gives a source that has guessed wrong no more guesses at once than one after the other", async () => {
    const limit = new FailureLimit(new SilentClock());
    const atOnce = async (): Promise<number> => {
      const judged = Array.from({ length: 400 }, () => limit.judge("192.0.2.1", async (isExhausted) => isExhausted));
      return (await Promise.all(judged)).filter((isExhausted) => !isExhausted).length;
    };
    expect(await atOnce(), "who has made no mistake waits for nobody").toBe(400);
    limit.failed("192.0.2.1");
    expect(await atOnce()).toBe(59);
    expect(await atOnce(), "what is judged does not count").toBe(59);
    exhaust(limit, "192.0.2.1");
    expect(await atOnce()).toBe(0);
  });

  it("counts an IPv6 network of 64 bits as one source, and IPv4 in its IPv6 dress as itself", () => {
    const limit = new FailureLimit(new SilentClock());
    exhaust(limit, "2001:db8:0:1::1");
    expect(limit.isExhausted("2001:db8:0:1:ffff::2")).toBe(true);
    expect(limit.isExhausted("2001:db8:0:2::1")).toBe(false);
    exhaust(limit, "::ffff:192.0.2.1");
    expect(limit.isExhausted("192.0.2.1")).toBe(true);
    expect(limit.isExhausted("192.0.2.2")).toBe(false);
  });

  it("remembers so many sources and forgets the one that guessed longest ago", () => {
    const limit = new FailureLimit(new SilentClock(), { sources: 3 });
    for (const last of [1, 2, 3]) exhaust(limit, `192.0.2.${last}`);
    limit.failed("192.0.2.4");
    expect([1, 2, 3, 4].map((last) => limit.isExhausted(`192.0.2.${last}`))).toEqual([false, true, true, false]);
  });
});

describe("the pace of codes", () => {
  it("serves 20 a second, first come, first served", async () => {
    const clock = new SilentClock();
    const pace = new Pace(clock);
    const served: [number, number][] = [];
    const turns = Array.from({ length: 41 }, async (_, index) => {
      await pace.turn("192.0.2.1");
      served.push([index, clock.monotonic()]);
    });
    await clock.run(10_000);
    await Promise.all(turns);
    expect(served).toEqual(Array.from({ length: 41 }, (_, index) => [index, index * 50]));
  });

  it("refuses at once who would be more than the two hundredth in line, and takes them when the line is shorter", async () => {
    const clock = new SilentClock();
    const pace = new Pace(clock);
    const turns = Array.from({ length: 201 }, () => pace.turn("192.0.2.1"));
    expect(await pace.turn("192.0.2.1")).toBe(false);
    await clock.run(50);
    const late = pace.turn("192.0.2.1");
    await clock.run(10_000);
    expect(new Set(await Promise.all([...turns, late]))).toEqual(new Set([true]));
  });

  it("keeps nobody waiting for the line of another source", async () => {
    const clock = new SilentClock();
    const pace = new Pace(clock);
    for (let index = 0; index < 100; index++) void pace.turn("192.0.2.1");
    expect(await pace.turn("192.0.2.2")).toBe(true);
  });
});
