import fc from "fast-check";
import { expect, test } from "vitest";
import { Backoff } from "../../src/device/backoff.js";
import { edgeflowField, hardened, newt } from "../../src/device/persona.js";
import { seededRandom } from "../../src/world/random.js";

const random = () => seededRandom("backoff");

test("a hardened device waits a random part of a wait that doubles, and never gives up", () => {
  const backoff = new Backoff(hardened.reconnect, random());
  for (let failure = 0; failure < 50; failure += 1) {
    const wait = backoff.afterFailure();
    expect(wait).toBeGreaterThanOrEqual(0);
    expect(wait).toBeLessThanOrEqual(1_000 * 2 ** Math.min(failure, 8));
  }
});

test("what the server asks for is the least a hardened device waits, up to an hour; newt does not listen", () => {
  fc.assert(
    fc.property(fc.nat({ max: 1e12 }), (asked) => {
      const wait = new Backoff(hardened.reconnect, random()).afterFailure(asked) ?? -1;
      expect(wait).toBeGreaterThanOrEqual(Math.min(asked, 3_600_000));
      expect(wait).toBeLessThanOrEqual(3_601_000);
      expect(new Backoff(newt.reconnect, random()).afterFailure(asked)).toBe(3_000);
    }),
  );
});

test("a session that breaks at once counts as a failure, a steady one begins anew", () => {
  const backoff = new Backoff({ ...hardened.reconnect, jitter: 0 }, random());
  expect([
    backoff.afterFailure(),
    backoff.afterLoss(29_999),
    backoff.afterLoss(30_000),
    backoff.afterFailure(),
  ]).toEqual([1_000, 2_000, 5_000, 1_000]);
});

test("an EdgeFlow device as shipped never repeats its first connect", () => {
  expect(new Backoff(edgeflowField.reconnect, random()).afterFailure()).toBeUndefined();
});
