import { expect, test } from "vitest";
import { org, Plane } from "./plane.js";

test("whoever makes or changes something is on record, without a secret", async () => {
  const plane = await Plane.start();
  const { integration } = plane;
  const key = await integration.createKey(org, { name: "k", maxBatchSize: 1 });
  await integration.updateKey(org, key.siteProvisioningKeyId, { maxBatchSize: 2, labels: ["x"] });
  const codes = await integration.createCodes(org, { name: "c" });
  const site = await integration.createSite(org, { name: "s" });
  await integration.renameSite(site.siteId, { name: "shop" });
  const apiKey = await integration.createApiKey(org, { name: "ci", scopes: ["keys:read"] });
  await integration.deleteApiKey(org, apiKey.apiKeyId);
  await integration.updateOrg(org, { maxSites: 5 });

  const entries = (await integration.audit(org)).reverse();
  expect(entries.map(({ action, keyId, target, result }) => [action, keyId ?? target, result])).toEqual([
    ["create", key.siteProvisioningKeyId, "created"],
    ["update", key.siteProvisioningKeyId, "changed labels, maxBatchSize"],
    ["create", codes.provisioningCodeId, "created"],
    ["create", site.niceId, "created"],
    ["update", site.niceId, "renamed"],
    ["create", apiKey.apiKeyId, "created"],
    ["delete", apiKey.apiKeyId, "removed"],
    ["update", org, "changed"],
  ]);
  for (const { address } of entries) expect(address).toBe("127.0.0.1");
  const text = JSON.stringify(entries);
  const secrets = [key.siteProvisioningKey, ...codes.codes, site.secret, apiKey.apiKey].map((secret) =>
    secret.split(".").at(-1),
  );
  for (const secret of secrets) expect(text).not.toContain(secret);
});
