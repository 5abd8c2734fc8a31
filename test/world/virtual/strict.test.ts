import { createHook } from "node:async_hooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createControlPlane, openSqlite } from "../../../src/control-plane/index.js";
import { EdgeFlowDevice, NewtSite } from "../../../src/device/index.js";
import { IntegrationClient } from "../../../src/protocol/integration/index.js";
import { isGuarded } from "../../../src/world/virtual/guard.js";
import { VirtualWorld } from "../../../src/world/virtual/index.js";
import { facts } from "../../device/support/edgeflow.js";

const hour = 3_600_000;
const org = "default";
const apiKey = "test.secret";
const endpoint = "http://plane";
/** Taken before any guard is raised, so that none sees it. */
const realTimeout = setTimeout;

/** What a promise and a tick are made of. */
const ofTheQueue = new Set(["PROMISE", "TickObject", "Microtask"]);
/** Every asynchronous resource that is made while the virtual world runs and may come back from outside of it. */
const leaving: string[] = [];
const hook = createHook({
  init(_, type) {
    if (isGuarded() && !ofTheQueue.has(type)) leaving.push(type);
  },
});

beforeAll(() => hook.enable());
afterAll(() => hook.disable());

/** A control plane, a site and a board that enrol and hold their channels for an hour; `planted` happens half way. */
async function anHour(planted: () => void = () => {}): Promise<void> {
  leaving.length = 0;
  const database = openSqlite(":memory:");
  const virtual = new VirtualWorld({ seed: 11 });
  const seen: string[] = [];
  await virtual.run(async () => {
    const planeWorld = virtual.host("plane").boot();
    const plane = await createControlPlane({ world: planeWorld, database, pepper: Buffer.alloc(32, 1), apiKey });
    await planeWorld.network.listen({ host: "0.0.0.0", port: 80 }, plane);
    const operator = virtual.host("operator").boot();
    const client = new IntegrationClient({ network: operator.network, endpoint, apiKey });

    const key = await client.createKey(org, { name: "sites", maxBatchSize: 1, approveNewSites: true });
    const box = virtual.host("box").boot({ env: { SERIAL_NUMBER: "SN1" } });
    await box.disk.write(
      "newt.json",
      Buffer.from(JSON.stringify({ endpoint, provisioningKey: key.siteProvisioningKey, name: "site" })),
    );
    const { codes } = await client.createCodes(org, { name: "boards", quantity: 1, ttlSeconds: 3_600 });
    const board = virtual.host("board").boot();
    const env = `EDGEFLOW_SAAS_ENABLED=true\nEDGEFLOW_SAAS_URL=plane\nEDGEFLOW_SAAS_TLS=false\nEDGEFLOW_PROVISIONING_CODE=${codes[0]}\n`;
    await board.disk.write(".env", Buffer.from(env));

    void new NewtSite(box, { configFile: "newt.json", onEvent: ({ type }) => seen.push(`site ${type}`) }).run();
    void new EdgeFlowDevice(board, {
      envFile: ".env",
      stateDirectory: "state",
      facts,
      onEvent: ({ type }) => seen.push(`board ${type}`),
    }).run();
    await operator.clock.sleep(hour / 2);
    planted();
    await operator.clock.sleep(hour / 2);
    expect(await client.listSites(org, { status: "approved" })).toMatchObject([{ online: true }]);
    expect(await client.listDevices(org)).toMatchObject([{ online: true }]);
  });
  expect(seen).toEqual(expect.arrayContaining(["site connected", "board connected"]));
  expect(virtual.now).toBeGreaterThanOrEqual(hour);
}

describe("an hour of production code in the virtual world", () => {
  it("makes nothing but promises and ticks", async () => {
    await anHour();
    expect([...new Set(leaving)]).toEqual([]);
  });

  it("would be found out by one real timer that no guard sees", async () => {
    await anHour(() => void realTimeout(() => {}, 0));
    expect(leaving).toEqual(["Timeout"]);
  });
});
