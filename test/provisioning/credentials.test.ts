import { describe, expect, it } from "vitest";
import {
  formatKey,
  keyPattern,
  newApiKey,
  newCode,
  newDeviceCredentials,
  newProvisioningKey,
  newSiteCredentials,
  normalCode,
  splitKey,
} from "../../src/provisioning/credentials.js";
import { seededRandom } from "../../src/world/random.js";

const random = seededRandom("credentials");

describe("credentials", () => {
  it("mints provisioning keys of 15 and 40 characters that are found in any text", () => {
    const key = formatKey(newProvisioningKey(random));
    expect(key).toMatch(/^spk-[a-z0-9]{15}\.[a-z2-7]{40}$/);
    expect(`{"provisioningKey":"${key}"}`.match(keyPattern)).toEqual([key]);
  });

  it("splits a key at the first dot and says when there is none", () => {
    expect(splitKey("spk-a.b.c")).toEqual({ id: "spk-a", secret: "b.c" });
    expect(splitKey("spk-a")).toBeUndefined();
  });

  it("mints codes without characters that are read for one another", () => {
    const codes = Array.from({ length: 500 }, () => newCode(random));
    for (const code of codes) expect(code).toMatch(/^PROV-[A-HJKMNP-Z2-9]{4}-[A-HJKMNP-Z2-9]{4}$/);
    expect(new Set(codes).size).toBe(codes.length);
    expect(normalCode(" prov-a2b3-c4d5\n")).toBe("PROV-A2B3-C4D5");
  });

  it("mints what newt and EdgeFlow expect", () => {
    expect(newSiteCredentials(random)).toMatchObject({
      newtId: expect.stringMatching(/^[a-z0-9]{15}$/),
      secret: expect.stringMatching(/^[a-z2-7]{40}$/),
    });
    expect(newDeviceCredentials(random)).toMatchObject({
      deviceId: expect.stringMatching(/^dev_/),
      apiKey: expect.stringMatching(/^efk_/),
    });
    expect(newApiKey(random)).toMatch(/^[a-z0-9]{15}\.[a-z2-7]{40}$/);
  });
});
