import { expect, test } from "vitest";
import { org, Plane, verdict } from "./plane.js";

const keys = `/v1/org/${org}/site-provisioning-key`;

test("every call needs an API key, which no provisioning key or code is", async () => {
  const plane = await Plane.start();
  const key = await plane.key();
  const code = await plane.code();
  const list = `${keys}s`;
  expect(verdict(await plane.send("GET", list))).toEqual({ status: 401, message: "API key required" });
  for (const wrong of [key, code, "first.guess", "first", "nobody.secret", "."]) {
    const answer = await plane.send("GET", list, undefined, { authorization: `Bearer ${wrong}` });
    expect(verdict(answer)).toEqual({ status: 401, message: "Invalid API key" });
  }
});

test("an organisation that does not exist is not found", async () => {
  const plane = await Plane.start();
  expect(verdict(await plane.api("GET", "/v1/org/another/sites"))).toEqual({
    status: 404,
    message: "Organization not found",
  });
});

test("a key is shown once, listed without its secret, changed in place and deleted", async () => {
  const plane = await Plane.start();
  const created = await plane.integration.createKey(org, {
    name: "roll-out",
    maxBatchSize: 3,
    validUntil: "2099-01-01T00:00:00Z",
    approveNewSites: false,
  });
  const { siteProvisioningKey, siteProvisioningKeyId: id, ...item } = created;
  expect(siteProvisioningKey).toMatch(new RegExp(`^${id}\\.[a-z2-7]{40}$`));
  expect(item.lastChars).toBe(siteProvisioningKey.slice(-4));
  const listed = await plane.api("GET", `${keys}s`);
  expect(listed.body).not.toContain(siteProvisioningKey.split(".")[1]);
  expect(await plane.integration.listKeys(org)).toEqual([{ siteProvisioningKeyId: id, ...item }]);

  const changed = await plane.integration.updateKey(org, id, {
    maxBatchSize: null,
    validUntil: "",
    approveNewSites: true,
  });
  expect(changed).toMatchObject({ maxBatchSize: null, validUntil: null, approveNewSites: true, name: "roll-out" });
  await plane.integration.deleteKey(org, id);
  expect(await plane.integration.listKeys(org)).toEqual([]);
  for (const method of ["PATCH", "DELETE"] as const) {
    expect(verdict(await plane.api(method, `${keys}/${id}`, { maxBatchSize: 1 }))).toEqual({
      status: 404,
      message: `Site provisioning key with ID ${id} not found`,
    });
  }
});

test.each([
  ["PUT", keys, { name: "x" }, /at "maxBatchSize"$/],
  ["PUT", keys, { name: "x", maxBatchSize: 0 }, />=1 at "maxBatchSize"$/],
  ["PUT", keys, { name: "x", maxBatchSize: 1, colour: "red" }, /Unrecognized key: "colour"/],
  ["PUT", keys, { name: "", maxBatchSize: 1, validUntil: "soon" }, /at "name"; .* at "validUntil"$/],
  ["PATCH", `${keys}/spk-x`, {}, /Provide maxBatchSize and\/or validUntil and\/or approveNewSites$/],
  ["PUT", `/v1/org/${org}/provisioning-code`, { name: "x", quantity: 0 }, /at "quantity"$/],
  [
    "PUT",
    `/v1/org/${org}/provisioning-code`,
    { name: "x", ttlSeconds: 1, expiresAt: "2099-01-01T00:00:00Z" },
    /not both$/,
  ],
  ["GET", `/v1/org/${org}/sites?colour=red`, undefined, /Unrecognized key: "colour"/],
] as const)("%s %s with %j is refused with the reason", async (method, path, body, message) => {
  const plane = await Plane.start();
  const answer = verdict(await plane.api(method, path, body));
  expect(answer).toEqual({ status: 400, message: expect.stringMatching(/^Validation error: /) });
  expect(answer.message).toMatch(message);
});

test("no malformed request is answered as the server's failure", async () => {
  const plane = await Plane.start();
  const requests = [
    ["POST", "/api/v1/auth/newt/register"],
    ["POST", "/api/v1/auth/newt/get-token"],
    ["POST", "/api/v1/auth/newt/version"],
    ["POST", "/api/v1/devices/provision"],
    ["PUT", keys],
    ["PATCH", `${keys}/x`],
    ["PUT", `/v1/org/${org}/provisioning-code`],
    ["POST", "/v1/site/0/approve"],
    ["POST", "/v1/site/99999999999999999999/reject"],
    ["DELETE", "/v1/site/one"],
    ["POST", `/v1/org/${org}/device/x/command`],
  ] as const;
  const bodies = [
    "",
    "{",
    "[]",
    "null",
    "7",
    '"text"',
    '{"provisioningKey":["a"]}',
    `{"name":"\\u0000"}`,
    "\u0000",
    "[".repeat(5_000),
    `${"[".repeat(100_000)}${"]".repeat(100_000)}`,
  ];
  for (const [method, path] of requests) {
    for (const body of bodies) {
      const { status } = await plane.api(method, path, body);
      expect(status, `${method} ${path} ${body.slice(0, 40)}`).toBeLessThan(500);
    }
  }
});

test("a body over 1 MiB is refused, whether or not its length is declared", async () => {
  const plane = await Plane.start();
  const large = JSON.stringify({ provisioningKey: "x".repeat(1 << 20) });
  expect((await plane.send("POST", "/api/v1/auth/newt/register", large)).status).toBe(413);
  const streamed = await fetch(`${plane.origin}/api/v1/auth/newt/register`, {
    method: "POST",
    body: new Blob([large]).stream(),
    duplex: "half",
  } satisfies RequestInit & { duplex: "half" });
  expect(streamed.status).toBe(413);
});

test("what does not exist is 404 in the envelope", async () => {
  const plane = await Plane.start();
  const answer = await plane.api("GET", "/nowhere");
  expect(JSON.parse(answer.body)).toEqual({
    data: null,
    success: false,
    error: true,
    message: "Not found",
    status: 404,
    stack: null,
  });
  for (const path of [
    "/v1/site/7",
    `/v1/org/${org}/site/brave-otter`,
    `/v1/org/${org}/blueprint/7`,
    `/v1/org/${org}/device/dev_x`,
  ]) {
    expect((await plane.api("GET", path)).status).toBe(404);
  }
});

test("sites are found by page, part of a name, status, id and niceId", async () => {
  const plane = await Plane.start();
  const [approved, pending] = [await plane.key(), await plane.key(null, false)];
  for (const name of ["North-1", "North-2", "south-1"]) await plane.site(approved, name);
  await plane.site(pending, "north-3");
  const page = await plane.api("GET", `/v1/org/${org}/sites?pageSize=2&page=2&status=nonsense`);
  expect(JSON.parse(page.body)).toMatchObject({
    data: { sites: [{ name: "south-1" }, { name: "north-3" }], pagination: { total: 4, pageSize: 2, page: 2 } },
  });
  const names = async (filter: object) => (await plane.integration.listSites(org, filter)).map(({ name }) => name);
  expect(await names({ query: "NORTH" })).toEqual(["North-1", "North-2", "north-3"]);
  expect(await names({ query: "%" })).toEqual([]);
  expect(await names({ status: "pending" })).toEqual(["north-3"]);
  const [site] = await plane.integration.listSites(org, { query: "south" });
  for (const path of [`/v1/site/${site?.siteId}`, `/v1/org/${org}/site/${site?.niceId}`]) {
    expect(JSON.parse((await plane.api("GET", path)).body)).toMatchObject({ data: site });
  }
});

test("a large batch holds that many different codes", async () => {
  const plane = await Plane.start();
  const { codes } = await plane.integration.createCodes(org, { name: "pallet", quantity: 2_500 });
  expect(new Set(codes).size).toBe(2_500);
  expect(codes[2_499]).toMatch(/^PROV-[A-Z2-9]{4}-[A-Z2-9]{4}$/);
  expect(await plane.integration.listCodes(org)).toMatchObject([{ quantity: 2_500, numUsed: 0, state: "active" }]);
});

test("operators and people see that it is up, and nothing secret", async () => {
  const plane = await Plane.start();
  const key = await plane.key();
  const newt = await plane.newt(await plane.site(key));
  expect(await plane.send("GET", "/healthz")).toMatchObject({ status: 200, body: '{"status":"ok"}' });
  expect((await plane.send("GET", "/readyz")).status).toBe(200);
  const page = await plane.send("GET", "/");
  expect(page.headers["content-type"]).toContain("text/html");
  expect(page.body).toContain("<dt>Sites online</dt><dd>1</dd>");
  expect(page.body).not.toContain(key.split(".")[0]);
  expect(newt.channel.open).toBe(true);
});

test("codes that would live longer than a time can be written are refused", async () => {
  const plane = await Plane.start();
  const body = { name: "boards", ttlSeconds: Number.MAX_SAFE_INTEGER };
  expect((await plane.api("PUT", `/v1/org/${org}/provisioning-code`, body)).status).toBe(400);
  expect(await plane.integration.listCodes(org)).toEqual([]);
});

test("the answer to a large wrong body is small", async () => {
  const plane = await Plane.start();
  const body = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`unknown${index}`, 1]));
  const answer = await plane.api("PUT", keys, body);
  expect(answer.status).toBe(400);
  expect(answer.body.length).toBeLessThan(2_000);
});
