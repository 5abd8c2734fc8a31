import { describe, expect, test } from "vitest";
import { ResourceDetail } from "../../src/protocol/integration/index.js";
import { mask } from "../../src/provisioning/blueprint/index.js";
import { TestSite, target } from "./newt-site.js";
import { dataOf, org, verdict } from "./plane.js";
import { page, path, ssh, started } from "./resource-calls.js";

describe("a document that cannot be had", () => {
  test("is answered with all that is wrong and where, and nothing is done", async () => {
    const { put, patch, create, integration, find } = await started();
    const wrong = { name: "", mode: "htp", targets: [{ hostname: "a", port: 0 }], rules: [{ action: "alow" }] };
    const { status, message } = verdict(await put({ kind: "public", niceId: "page", document: wrong }));
    expect(status).toBe(400);
    for (const place of ["mode", "targets[0].port", "rules[0].action", "rules[0].match"]) {
      expect(message).toContain(`at "public-resources.page.${place}"`);
    }
    expect(await integration.listResources(org)).toEqual([]);
    await create("public", "page", page);
    const before = await find("public", "page");
    expect(verdict(await patch("public/page", { mode: "tcp", ssl: "no" }))).toEqual({
      status: 400,
      message: expect.stringMatching(/^Validation error: .*public-resources\.page\.ssl/),
    });
    expect(await find("public", "page")).toEqual(before);
  });

  test.each([
    ["public", { ...page, targets: [target(80)] }, "Target site is required"],
    ["public", { ...page, targets: [target(80, { site: "nowhere" })] }, "Site not found: nowhere in org default"],
    ["private", ssh, "No valid sites found for thing"],
    ["private", { ...ssh, sites: ["nowhere"] }, "Site not found: nowhere in org default"],
  ] as const)("names no site that there is: %s %j", async (kind, document, reason) => {
    const { put } = await started();
    const { status, message } = verdict(await put({ kind, niceId: "thing", document }));
    expect(status).toBe(400);
    expect(message).toContain(reason);
  });

  test("wants what another resource has", async () => {
    const { plane, put, create, edit, patch } = await started();
    const sites = [(await TestSite.of(plane)).niceId];
    await create("public", "page", page);
    await create("public", "db", { name: "DB", mode: "tcp", "proxy-port": 5432 });
    await create("private", "shell", { ...ssh, sites, alias: "shell.internal" });
    const wants = [
      ["public", { ...page, "full-domain": "PAGE.example.com" }, "page.example.com"],
      ["public", { name: "DB", mode: "tcp", "proxy-port": 5432 }, "5432"],
      ["private", { ...ssh, sites, alias: "shell.internal" }, "shell.internal"],
    ] as const;
    for (const [kind, document, what] of wants) {
      const { status, message } = verdict(await put({ kind, niceId: "other", document }));
      expect(status, what).toBe(400);
      expect(message).toMatch(new RegExp(`${what}.* already in use`));
    }
    await create("public", "other", { ...page, "full-domain": "other.example.com" });
    expect((await patch("public/other", { "full-domain": "page.example.com" })).status).toBe(400);
    await edit("public", "page", { "full-domain": "new.example.com" });
    expect((await patch("public/other", { "full-domain": "page.example.com" })).status).toBe(200);
  });

  test("is of a resource that is there already, or is not there", async () => {
    const { plane, put, patch, create } = await started();
    await create("public", "page", page);
    expect(verdict(await put({ kind: "public", niceId: "page", document: page }))).toEqual({
      status: 409,
      message: "There is a public resource page already",
    });
    for (const [below, message] of [
      ["public/nothing", "There is no public resource nothing"],
      ["private/page", "There is no private resource page"],
      ["shared/page", "There is no kind of resource shared"],
    ] as const) {
      expect(verdict(await plane.api("GET", `${path}/${below}`))).toEqual({ status: 404, message });
      expect(verdict(await patch(below, {}))).toEqual({ status: 404, message });
      expect(verdict(await plane.api("DELETE", `${path}/${below}`))).toEqual({ status: 404, message });
    }
  });

  test("has a niceId that no path or document can hold", async () => {
    const { put } = await started();
    for (const niceId of ["", ".", "..", "a b", "a\u0000b", "x".repeat(256), "__proto__", "constructor"]) {
      expect((await put({ kind: "public", niceId, document: page })).status, niceId).toBe(400);
    }
  });

  test("is larger than one resource may be", async () => {
    const { put } = await started();
    const labels = Array.from({ length: 7_000 }, (_, index) => `label-${index}`);
    expect(verdict(await put({ kind: "public", niceId: "page", document: { ...page, labels } }))).toEqual({
      status: 400,
      message: expect.stringContaining("64 KiB"),
    });
  });
});

describe("an edit is a merge patch", () => {
  test("that keeps what it does not name, and takes out what it names null", async () => {
    const { create, edit, integration } = await started();
    const auth = { "sso-enabled": true, "sso-roles": ["Member"], "whitelist-users": ["ann@example.com"] };
    const made = await create("public", "page", { ...page, ssl: false, auth, labels: ["a", "b"] });
    const edited = await edit("public", "page", { ssl: null, labels: ["c"], auth: { "sso-roles": ["DevOps"] } });
    expect(edited.document).toEqual({
      ...made.document,
      ssl: true,
      labels: ["c"],
      auth: expect.objectContaining({ ...auth, "sso-roles": ["DevOps"] }),
    });
    expect((await edit("public", "page", { auth: null })).document).not.toHaveProperty("auth");
    // A name of its own for each key, whichever name it was written by.
    expect((await edit("public", "page", { name: "New" })).document).toMatchObject({ name: "New", mode: "http" });
    expect(await integration.listResources(org)).toHaveLength(1);
  });

  test("whose unknown keys are told, and whose prototype keys are refused", async () => {
    const { create, edit, patch, find } = await started();
    await create("public", "page", page);
    expect((await edit("public", "page", { lables: ["a"] })).warnings?.join()).toMatch(/lables/);
    const before = await find("public", "page");
    for (const key of ["__proto__", "constructor"]) {
      const document = JSON.parse(`{"auth":{"${key}":{"polluted":true}}}`);
      expect((await patch("public/page", document)).status, key).toBe(400);
    }
    expect({}).not.toHaveProperty("polluted");
    expect(await find("public", "page")).toEqual(before);
  });

  test("of which nothing is left is no edit", async () => {
    const { create, edit, find, integration } = await started();
    await create("public", "page", page);
    const before = await find("public", "page");
    await edit("public", "page", {});
    await edit("public", "page", { name: "Page", ssl: true, targets: [], auth: null });
    expect(await find("public", "page")).toEqual(before);
    expect(await integration.audit(org, { target: "public resource page" })).toHaveLength(1);
  });
});

describe("a secret", () => {
  const auth = { password: "hunter2", pincode: 123_456, "basic-auth": { user: "ann", password: "hunter3" } };
  const secrets = ["hunter2", "123456", "hunter3", "hunter4"];

  test("is stored, and never told", async () => {
    const { plane, database, create, patch } = await started();
    await create("public", "page", { ...page, auth });
    const rows = JSON.stringify(database.prepare("select document from resource").all([]));
    for (const secret of ["hunter2", "123456", "hunter3"]) expect(rows).toContain(secret);
    const answers = [
      await plane.api("GET", `${path}/public/page`),
      await plane.api("GET", `${path}s`),
      await patch("public/page", { auth: { password: "hunter4" } }),
      await patch("public/page", { auth: { password: "hunter4", pincode: "hunter2" } }),
      await plane.api("GET", `/v1/org/${org}/audit`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 400, 200]);
    for (const { body } of answers) for (const secret of secrets) expect(body).not.toContain(secret);
    expect(dataOf(await plane.api("GET", `${path}/public/page`), ResourceDetail).document.auth).toMatchObject({
      password: mask,
      pincode: mask,
      "basic-auth": { user: "ann", password: mask },
    });
  });

  test("whose mask comes back stays as it is, changes by another, and goes by null", async () => {
    const { database, create, edit, find } = await started();
    const stored = () =>
      JSON.parse(String(Object.values(database.prepare("select document from resource").all([])[0] ?? {})[0])).auth;
    await create("public", "page", { ...page, auth });
    const { document } = await find("public", "page");
    await edit("public", "page", { ...document, name: "New" });
    expect(stored()).toMatchObject(auth);
    await edit("public", "page", { auth: { "basic-auth": { user: "bob", password: mask } } });
    expect(stored()).toMatchObject({ ...auth, "basic-auth": { user: "bob", password: "hunter3" } });
    await edit("public", "page", { auth: { password: "hunter4", pincode: null } });
    expect(stored()).toMatchObject({ password: "hunter4", "basic-auth": { user: "bob" } });
    expect(stored()).not.toHaveProperty("pincode");
  });

  test("is no mask of one that never was", async () => {
    const { put } = await started();
    const document = { ...page, auth: { password: mask } };
    expect(verdict(await put({ kind: "public", niceId: "page", document }))).toEqual({
      status: 400,
      message: expect.stringContaining('at "public-resources.page.auth.password"'),
    });
  });
});

test("Admin is dropped and unknown users are told, and both are no reason to refuse", async () => {
  const { create, integration } = await started();
  await integration.createUser(org, { name: "ann", email: "ann@example.com" });
  await integration.createDomain(org, { name: "example.com" });
  const auth = { "sso-enabled": true, "sso-roles": ["Admin", "Member"], "sso-users": ["ann@example.com", "eve"] };
  const { warnings = [], document } = await create("public", "page", { ...page, auth });
  expect(warnings).toHaveLength(2);
  expect(warnings.join()).toMatch(/Admin.*User not found: eve/);
  expect(document.auth).toMatchObject({ "sso-roles": ["Member"], "sso-users": ["ann@example.com", "eve"] });
});
