import { expect, test } from "vitest";
import { Capacity } from "../../src/protocol/integration/schema.js";
import { dataOf, org, Plane } from "./plane.js";

test("capacity counts an organisation's own, against its limit", async () => {
  const plane = await Plane.start();
  const capacity = async (of = org) => dataOf(await plane.api("GET", `/v1/org/${of}/capacity`), Capacity);
  await plane.api("PUT", "/v1/org", { orgId: "other", maxSites: 2 });
  const empty = { used: 0, limit: null };
  expect(await capacity()).toEqual({
    sites: empty,
    devices: empty,
    connections: empty,
    tunnels: { used: 0, limit: 0 },
    rateLimits: { exchanges: null, failuresPerSource: { limit: 60, windowSeconds: 900 }, codesPerSecond: 20 },
  });
  await plane.api("PUT", "/v1/org/other/site", { name: "one" });
  const key = await plane.key();
  await plane.newt(await plane.site(key));
  await plane.site(key);
  await plane.connected(await plane.device(await plane.code()));
  expect(await capacity()).toMatchObject({ sites: { used: 2 }, devices: { used: 1 }, connections: { used: 2 } });
  expect(await capacity("other")).toMatchObject({ sites: { used: 1, limit: 2 }, devices: empty });
  const [site] = await plane.integration.listSites(org);
  await plane.api("DELETE", `/v1/site/${site?.siteId}`);
  expect(await capacity()).toMatchObject({ sites: { used: 1 } });
});

test("the limit of failures is the one that is kept", async () => {
  const plane = await Plane.start();
  const { rateLimits } = dataOf(await plane.api("GET", `/v1/org/${org}/capacity`), Capacity);
  const statuses: number[] = [];
  for (let index = 0; index <= rateLimits.failuresPerSource.limit; index++) {
    statuses.push((await plane.register(`spk-${"a".repeat(15)}.${"b".repeat(40)}`)).status);
  }
  expect(statuses.filter((status) => status === 401)).toHaveLength(rateLimits.failuresPerSource.limit);
  expect(statuses.at(-1)).toBe(429);
});
