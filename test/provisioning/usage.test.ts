import { describe, expect, it } from "vitest";
import { usageState } from "../../src/provisioning/usage.js";

const fresh = { maxUsage: 2, used: 0, expiresAt: 1000, revokedAt: null };

describe("the state of a key", () => {
  it.each([
    ["active below its limit and before its expiry", fresh, 999, "active"],
    ["used up at its limit", { ...fresh, used: 2 }, 0, "used_up"],
    ["used up when the limit is lowered below the count", { ...fresh, used: 3 }, 0, "used_up"],
    ["expired at its expiry", fresh, 1000, "expired"],
    ["used up rather than expired when both", { ...fresh, used: 2 }, 2000, "used_up"],
    ["revoked whatever else", { ...fresh, used: 2, revokedAt: 5 }, 2000, "revoked"],
    [
      "active for ever without limit and expiry",
      { ...fresh, maxUsage: null, expiresAt: null, used: 1e9 },
      1e15,
      "active",
    ],
  ] as const)("is %s", (_, usage, now, state) => {
    expect(usageState(usage, now)).toBe(state);
  });
});
