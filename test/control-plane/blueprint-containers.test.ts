import { expect, test } from "vitest";
import { beat, TestSite } from "./newt-site.js";
import { org, Plane } from "./plane.js";

const prefix = "pangolin.public-resources.web";
const labels = {
  [`${prefix}.name`]: "Web",
  [`${prefix}.mode`]: "http",
  [`${prefix}.full-domain`]: "web.example.com",
  [`${prefix}.targets[0].method`]: "http",
};

function container(changes: object = {}) {
  return {
    id: "c1",
    name: "nginx",
    image: "nginx:1",
    state: "running",
    status: "Up",
    ports: [{ privatePort: 8080, type: "tcp" }],
    labels,
    created: 1,
    networks: {},
    hostname: "nginx",
    ...changes,
  };
}

async function begun(approved = true) {
  const plane = await Plane.start();
  const site = await TestSite.of(plane, { approved });
  const newt = await site.connect();
  const tell = async (containers: readonly object[] | null) => {
    newt.say({ type: "newt/socket/containers", data: { containers } });
    return newt;
  };
  return { plane, site, newt, tell };
}

test("labels of running containers are a blueprint of their site; targets default to the container (PROTOCOLS B13)", async () => {
  const { plane, site, newt, tell } = await begun();
  await tell([container()]);
  expect((await newt.hear("newt/blueprint/results")).data).toEqual({
    success: true,
    message: "Config updated successfully",
  });
  expect(newt.heard.map(({ type }) => type)).toEqual(["newt/tcp/add", "newt/healthcheck/add"]);
  expect(await site.targets()).toMatchObject([{ resourceNiceId: "web", host: "nginx", port: 8080 }]);
  expect(await plane.integration.listBlueprints(org)).toMatchObject([{ source: "NEWT", siteId: site.siteId }]);
});

test("the same containers again are the same application, and change nothing", async () => {
  const { plane, newt, tell } = await begun();
  for (let times = 0; times < 3; times++) {
    await tell([container()]);
    await newt.hear("newt/blueprint/results");
  }
  expect(await plane.integration.listBlueprints(org)).toMatchObject([{ applications: 3 }]);
});

test("entries that do not fit are left out and told, the others applied", async () => {
  const { site, newt, tell } = await begun();
  const broken = { "pangolin.public-resources.bad.mode": "nonsense", "pangolin.public-resources.bad.name": "Bad" };
  await tell([container(), container({ id: "c2", name: "other", labels: broken })]);
  const { data } = await newt.hear("newt/blueprint/results");
  expect(data).toEqual({
    success: true,
    message: expect.stringMatching(/^Config updated successfully\. Skipped \d+ invalid: .*public-resources\.bad/),
  });
  expect((await site.targets()).map(({ resourceNiceId }) => resourceNiceId)).toEqual(["web"]);
});

test("labels that reach for a prototype or a place without end do no harm (PROTOCOLS D3.39)", async () => {
  const { site, newt, tell } = await begun();
  await tell([
    container({
      labels: {
        ...labels,
        "pangolin.public-resources.__proto__.name": "x",
        "pangolin.public-resources.constructor.prototype.polluted": "x",
        [`${prefix}.targets[999999999].port`]: "1",
      },
    }),
  ]);
  const { data } = await newt.hear("newt/blueprint/results");
  expect(data).toMatchObject({ success: true, message: expect.stringMatching(/Skipped 3 invalid/) });
  expect(await site.targets()).toHaveLength(1);
  expect(Object.prototype).not.toHaveProperty("polluted");
});

test.each([
  ["none", null],
  ["an empty list", []],
  ["without labels", [container({ labels: {} }), container({ labels: null })]],
  ["with labels of others", [container({ labels: { "com.docker.compose.project": "x" } })]],
  ["that do not run", [container({ state: "exited" })]],
])("containers %s are taken in silence", async (_, containers) => {
  const { plane, newt, tell } = await begun();
  await tell(containers);
  expect((await beat(newt)).heard).toEqual([]);
  expect(await plane.integration.listBlueprints(org)).toEqual([]);
});

test("what containers of a site that waits describe is parked with the rest", async () => {
  const { plane, site, newt, tell } = await begun(false);
  await tell([container()]);
  await newt.hear("newt/blueprint/results");
  expect(await plane.integration.listResources(org)).toEqual([]);
  await plane.integration.approveSite(site.siteId);
  await newt.hear("newt/wg/reconnect");
  expect(await site.targets()).toHaveLength(1);
});
