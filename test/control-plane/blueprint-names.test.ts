import { describe, expect, test } from "vitest";
import { applied, TestSite, target, web } from "./newt-site.js";
import { org, Plane } from "./plane.js";

const refusal = "Failed to update database from config: ";

/** A plane with a site whose newt is connected, and a way to send a document of one private resource. */
async function begun() {
  const plane = await Plane.start();
  const site = await TestSite.of(plane);
  const newt = await site.connect();
  return { plane, site, newt };
}

function host(changes: object = {}, niceId = "db") {
  return { "private-resources": { [niceId]: { name: "DB", mode: "host", destination: "10.0.0.9", ...changes } } };
}

describe("roles", () => {
  test("that are missing are created, once, and `Admin` never is", async () => {
    const { plane, newt } = await begun();
    const auth = { "sso-enabled": true, "sso-roles": ["Member", "Admin", "Guests"] };
    const document = { ...host({ roles: ["Ops", "Guests", "ops"] }), ...JSON.parse(web([target(80)], { auth })) };
    expect((await applied(newt, document)).result).toMatchObject({ success: true });
    const names = (await plane.integration.listRoles(org)).map(({ name }) => name);
    expect(names.sort()).toEqual(["Admin", "Guests", "Member", "Ops", "ops"]);
  });

  test("are 1,000 of an organisation: more are told of and not created", async () => {
    const { plane, newt } = await begun();
    const roles = Array.from({ length: 999 }, (_, index) => `Role ${index}`);
    const { result } = await applied(newt, host({ roles }), true);
    expect(result).toMatchObject({
      success: true,
      warnings: ["Role Role 998 is not created: the organisation has 1000 roles"],
    });
    expect(await plane.integration.listRoles(org)).toHaveLength(1_000);
  });

  test("whose name is none are told of and not created", async () => {
    const { plane, newt } = await begun();
    const { result } = await applied(newt, host({ roles: [" padded", "line\nbreak"] }), true);
    expect(result).toMatchObject({
      success: true,
      warnings: [expect.stringMatching(/ padded is not created/), expect.stringMatching(/is not created/)],
    });
    expect(await plane.integration.listRoles(org)).toHaveLength(2);
  });
});

test("users by name or address and domains that cover are passed over in silence, others are warned of", async () => {
  const { plane, newt } = await begun();
  await plane.integration.createUser(org, { name: "ada", email: "ada@example.com" });
  await plane.integration.createUser(org, { name: "bob" });
  await plane.integration.createDomain(org, { name: "example.com" });
  const known = host({ users: ["ada", "ada@example.com", "bob"] });
  const covered = JSON.parse(web([target(80)], { "full-domain": "*.Apps.Example.com" }));
  expect((await applied(newt, { ...known, ...covered }, false)).result).toMatchObject({ success: true, warnings: [] });
  const { result } = await applied(
    newt,
    {
      ...host({ users: ["eve", "bob"], machines: ["laptop"] }),
      ...JSON.parse(web([target(80)], { "full-domain": "web.example.org" })),
    },
    false,
  );
  expect(result).toMatchObject({
    success: true,
    warnings: [
      "User not found: eve in org default",
      "Machine not found: laptop in org default",
      "Domain not found for full-domain: web.example.org: org default has none that covers it",
    ],
  });
});

test("a stock newt, which says nothing of `once`, is told what a Pangolin server tells and no warnings", async () => {
  const { newt } = await begun();
  expect((await applied(newt, host({ users: ["eve"] }))).result).toEqual({
    success: true,
    message: "Config updated successfully",
  });
});

describe.each([
  {
    what: "a domain",
    one: web([target(80)], { "full-domain": "app.example.com" }, "one"),
    two: web([target(81)], { "full-domain": "APP.example.com" }, "two"),
    text: "Full domain app.example.com of a public resource is already in use by ",
    owner: "the public resource one",
  },
  {
    what: "an alias",
    one: JSON.stringify(host({ alias: "db.internal" }, "one")),
    two: JSON.stringify(host({ alias: "db.internal" }, "two")),
    text: "Alias db.internal is already in use by ",
    owner: "the private resource one",
  },
  {
    what: "a proxy port",
    one: JSON.stringify({ "public-resources": { one: { name: "One", mode: "tcp", "proxy-port": 5432, targets: [] } } }),
    two: JSON.stringify({ "public-resources": { two: { name: "Two", mode: "tcp", "proxy-port": 5432, targets: [] } } }),
    text: "Proxy port 5432/tcp is already in use by ",
    owner: "the public resource one",
  },
])("$what that is taken", ({ one, two, text, owner }) => {
  test("is refused, and who has it is said to its own site and to the organisation only", async () => {
    const { plane, newt } = await begun();
    const other = await (await TestSite.of(plane)).connect();
    expect((await applied(newt, one)).result).toMatchObject({ success: true });
    expect((await applied(newt, two)).result).toEqual({ success: false, message: `${refusal}${text}${owner}` });
    expect((await applied(other, two)).result).toEqual({
      success: false,
      message: `${refusal}${text}another resource`,
    });
    await expect(plane.integration.applyBlueprint(org, JSON.parse(two))).rejects.toThrow(`${text}${owner}`);
  });

  test("is free again when its resource is gone, or does not want it any more", async () => {
    const { plane, newt } = await begun();
    await applied(newt, one);
    const [resource] = await plane.integration.listResources(org);
    await plane.integration.deleteResource(org, resource?.kind ?? "public", "one");
    expect((await applied(newt, two)).result).toMatchObject({ success: true });
  });
});

test("what was deleted stays named: a role comes again with the next change, the others are warned of, none is refused", async () => {
  const { plane, newt } = await begun();
  const { integration } = plane;
  await integration.createUser(org, { name: "ada" });
  await integration.createDomain(org, { name: "example.com" });
  const document = { ...host({ roles: ["Ops"], users: ["ada"] }), ...JSON.parse(web([target(80)])) };
  expect((await applied(newt, document, true)).result).toMatchObject({ success: true, warnings: [] });
  await integration.deleteRole(org, "Ops");
  await integration.deleteUser(org, "ada");
  await integration.deleteDomain(org, "example.com");
  expect(await integration.listRoles(org)).toHaveLength(2);
  const edited = await integration.updateResource(org, "private", "db", { name: "Data" });
  expect(edited).toMatchObject({
    document: { roles: ["Ops"], users: ["ada"] },
    warnings: ["User not found: ada in org default"],
  });
  expect(await integration.updateResource(org, "public", "web", { name: "Page" })).toMatchObject({
    warnings: ["Domain not found for full-domain: web.example.com: org default has none that covers it"],
  });
  expect((await integration.listRoles(org)).map(({ name }) => name)).toContain("Ops");
});

test("what a resource keeps while its targets alone are written is not given to another of the same document", async () => {
  const { plane, newt } = await begun();
  await applied(newt, web([target(80)]));
  const taken = JSON.parse(web([target(81)], { "full-domain": "web.example.com" }, "other"))["public-resources"];
  const document = { "public-resources": { web: { targets: [target(82)] }, ...taken } };
  expect((await applied(newt, document)).result).toMatchObject({
    success: false,
    message: expect.stringContaining(
      "web.example.com of a public resource is already in use by the public resource web",
    ),
  });
  expect(await plane.integration.listResources(org)).toHaveLength(1);
});

test("two resources may swap what only one may have, in one document", async () => {
  const { newt } = await begun();
  const pair = (first: string, second: string) => ({
    "public-resources": {
      a: { name: "A", mode: "http", "full-domain": first, targets: [] },
      b: { name: "B", mode: "http", "full-domain": second, targets: [] },
    },
  });
  await applied(newt, pair("one.example.com", "two.example.com"));
  expect((await applied(newt, pair("two.example.com", "one.example.com"))).result).toMatchObject({ success: true });
});

test("the same port of TCP and of UDP are two, and a public and a private resource may have one domain", async () => {
  const { newt } = await begun();
  const raw = (mode: string) => ({ name: mode, mode, "proxy-port": 53, targets: [] });
  const { result } = await applied(newt, {
    "public-resources": {
      tcp: raw("tcp"),
      udp: raw("udp"),
      web: { name: "Web", mode: "http", "full-domain": "w.example.com" },
    },
    "private-resources": {
      web: { name: "Web", mode: "http", destination: "10.0.0.1", "full-domain": "w.example.com" },
    },
  });
  expect(result).toMatchObject({ success: true });
});
