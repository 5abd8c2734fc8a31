import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { IntegrationClient } from "../../src/protocol/integration/index.js";
import { below } from "../../src/world/random.js";
import { realWorld } from "../../src/world/real/index.js";
import { audit, settle } from "../mortal-plane/books.js";
import { Fleet } from "../mortal-plane/fleet.js";
import { bundleChild, Nursery } from "../mortal-plane/mortal-plane.js";
import { apiKey } from "../mortal-plane/secrets.js";
import { processesWith } from "../needs.js";
import { scratch } from "./command.js";

const kills = 200;

/** Lives between two looks into the file. */
const lookEvery = 10;

/** The most answers of one life before the kill, and the most milliseconds from the last of them to it. */
const mostAnswers = 20;
const mostPause = 4;

test("200 kills under load cost no use, no answer and no site", { timeout: 300_000 }, async () => {
  const directory = scratch();
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const nursery = new Nursery(await bundleChild(directory));
  onTestFinished(() => nursery.close());
  const database = join(directory, "plane.db");
  const fleet = new Fleet();

  for (let life = 1; life <= kills; life++) {
    const plane = await nursery.wake(database);
    const world = realWorld({ name: "fleet" });
    const { network, random } = world;
    const client = new IntegrationClient({ network, endpoint: plane.url, apiKey });
    const newKey = async (uses: number | null): Promise<string> =>
      (await client.createKey("default", { name: "race", maxBatchSize: uses })).siteProvisioningKey;
    await fleet.supply(4 * mostAnswers, newKey);
    if (life % lookEvery === 0) audit(database, fleet);

    const living = fleet.live(network, plane.url);
    await Promise.race([fleet.answers(1 + below(random, mostAnswers)), living]);
    await pause(below(random, mostPause + 1));
    expect(fleet.exchangesInFlight, "exchanges in flight at the kill").toBeGreaterThan(0);
    await plane.kill();
    await living;
    world.process.kill();
  }

  const plane = await nursery.wake(database);
  const { network } = realWorld({ name: "fleet" });
  await fleet.finish(network, plane.url);
  settle(fleet);
  const { lost, lostUses } = audit(database, fleet);
  expect(lostUses, "kills after a commit, before its answer").toBeGreaterThan(0);
  expect(lostUses, "kills before a commit").toBeLessThan(lost);
  await nursery.close();
  expect(processesWith(directory)).toEqual([]);
});
