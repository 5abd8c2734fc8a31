import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Secrets } from "../../simulator/secrets.js";

const secret = fc.stringMatching(/^[a-z2-7]{20,40}$/);

describe("secrets", () => {
  it("are found wherever they stand, and blotted out", () => {
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1, maxLength: 20 }),
        fc.nat(19),
        fc.string(),
        fc.string(),
        (known, at, before, after) => {
          const secrets = new Secrets();
          for (const one of known) secrets.add(one);
          const hidden = known[at % known.length] ?? "";
          const text = `${before}${hidden}${after}`;
          return secrets.findIn(text) !== undefined && !secrets.redact(text).includes(hidden);
        },
      ),
    );
  });

  it("are not seen where there are none", () => {
    const secrets = new Secrets();
    secrets.add("PROV-ABCD-2345");
    secrets.add("short");
    secrets.add(undefined);
    expect(secrets.findIn("PROV-ABCD-2346 short")).toBeUndefined();
    expect(secrets.redact("a short text")).toBe("a short text");
    expect(secrets.redact("code PROV-ABCD-2345.")).toBe("code [secret].");
  });
});
