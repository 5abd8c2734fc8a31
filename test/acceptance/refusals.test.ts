import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { IntegrationClient } from "../../src/protocol/integration/index.js";
import { newtHeaders, newtPaths } from "../../src/protocol/newt/index.js";
import { realWorld } from "../../src/world/real/index.js";
import { scratch, up } from "./command.js";

describe("an exchange with a key that is no good", () => {
  let plane: Awaited<ReturnType<typeof up>>;
  let client: IntegrationClient;
  let network: ReturnType<typeof realWorld>["network"];
  beforeAll(async () => {
    plane = await up(scratch());
    ({ network } = realWorld({ ca: readFileSync(plane.facts.ca, "utf8") }));
    client = new IntegrationClient({ network, endpoint: plane.facts.url, apiKey: plane.facts.apiKey });
  });
  afterAll(() => plane.stop());

  async function exchange(provisioningKey: string) {
    const url = `${plane.facts.url}${newtPaths.register}`;
    const answer = await network.request({
      method: "POST",
      url,
      headers: newtHeaders,
      body: JSON.stringify({ provisioningKey }),
      timeoutMs: 5_000,
    });
    return { status: answer.status, ...JSON.parse(answer.body) };
  }
  const key = (options: { maxBatchSize?: number; validUntil?: string } = {}) =>
    client
      .createKey(plane.facts.org, { name: "k", maxBatchSize: null, ...options })
      .then(({ siteProvisioningKey }) => siteProvisioningKey);

  it("gives the documented answer to each (PROTOCOLS A5, G1)", async () => {
    const usedUp = await key({ maxBatchSize: 1 });
    expect(await exchange(usedUp)).toMatchObject({
      status: 201,
      success: true,
      message: "Newt registered successfully",
    });
    const refusal = (message: string) => ({ status: 401, success: false, error: true, data: null, message });
    expect(await exchange(usedUp)).toMatchObject(refusal("Provisioning key has reached its maximum usage"));
    expect(await exchange(await key({ validUntil: new Date(Date.now() - 1_000).toISOString() }))).toMatchObject(
      refusal("Provisioning key has expired"),
    );
    const good = await key();
    expect(await exchange(`${good.slice(0, -1)}${good.endsWith("a") ? "b" : "a"}`)).toMatchObject(
      refusal("Invalid provisioning key"),
    );
    expect(await exchange(`spk-${"a".repeat(15)}.${"b".repeat(40)}`)).toMatchObject(
      refusal("Invalid provisioning key"),
    );
    expect(await exchange("no-dot")).toMatchObject({ status: 400, message: "Invalid provisioning key format" });
  });
});
