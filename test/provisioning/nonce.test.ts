import { describe, expect, it } from "vitest";
import { openWithNonce, parseNonce, sealForNonce } from "../../src/provisioning/nonce.js";
import { seededRandom } from "../../src/world/random.js";

const random = seededRandom("nonce");
const nonce = random.bytes(32).toString("hex");

describe("a nonce", () => {
  it("opens what was sealed for it, and no other does", () => {
    const sealed = sealForNonce(nonce, random.bytes(12), "id and secret");
    expect(openWithNonce(nonce, sealed)).toBe("id and secret");
    expect(() => openWithNonce(random.bytes(32).toString("hex"), sealed)).toThrow();
    expect(sealed).not.toContain("secret");
  });

  it.each([undefined, "", "00", nonce.toUpperCase(), `${nonce}0`])("is 64 hex digits and not %j", (value) => {
    expect(parseNonce(value)).toBeUndefined();
  });
});
