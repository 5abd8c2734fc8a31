import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type BlueprintKind,
  blueprintKinds,
  checkBlueprint,
  checkResource,
  mask,
  maskBlueprint,
  maskSecrets,
  unmask,
} from "../../../src/provisioning/blueprint/index.js";
import { blueprint, policy, publicResource } from "./arbitrary.js";
import { host, web } from "./places.js";

const auth = {
  pincode: 123_456,
  password: "p4ssw0rd",
  "basic-auth": { user: "joe", password: "b4sic" },
  "sso-enabled": true,
};
const masked = { ...auth, pincode: mask, password: mask, "basic-auth": { user: "joe", password: mask } };
const staff = {
  name: "Staff",
  password: "p4ssw0rd",
  pincode: "012345",
  "basic-auth": { user: "joes", password: "b4sic" },
};

describe("secrets", () => {
  it("are masked where an entry has them, and nothing else is", () => {
    expect(maskSecrets("public", { ...web, auth })).toEqual({ ...web, auth: masked });
    expect(maskSecrets("policy", staff)).toEqual({
      ...{ name: "Staff", password: mask, pincode: mask },
      "basic-auth": { user: "joes", password: mask },
    });
    expect(maskSecrets("private", { ...host, password: "a" })).toEqual({ ...host, password: "a" });
    expect(maskSecrets("public", web)).toEqual(web);
  });

  it("of the entry that was given stay as they are", () => {
    const entry = { ...web, auth: { ...auth } };
    maskSecrets("public", entry);
    expect(entry).toEqual({ ...web, auth });
  });

  it("that are not there get no mask", () => {
    expect(maskSecrets("public", { auth: { password: null } })).toEqual({ auth: { password: null } });
    expect(maskSecrets("public", { auth: "text" })).toEqual({ auth: "text" });
    expect(maskSecrets("policy", { "basic-auth": null })).toEqual({ "basic-auth": null });
  });

  it("come back as they are stored where a mask stands, and as they are given where none does", () => {
    expect(unmask("public", { ...web, auth: masked }, { ...web, auth })).toEqual({ ...web, auth });
    expect(unmask("public", { auth: { password: mask, pincode: 111_111 } }, { auth })).toEqual({
      auth: { password: "p4ssw0rd", pincode: 111_111 },
    });
    expect(unmask("public", { auth: { password: null } }, { auth })).toEqual({ auth: { password: null } });
    expect(unmask("public", { name: mask }, { ...web, auth })).toEqual({ name: mask });
  });

  it("that are not stored are left out where a mask stands", () => {
    for (const stored of [undefined, null, "text", {}, web, { auth: null }]) {
      expect(unmask("public", { auth: { password: mask, "sso-enabled": true } }, stored)).toEqual({
        auth: { "sso-enabled": true },
      });
    }
  });

  it("survive being masked and unmasked", () => {
    const entries: [BlueprintKind, fc.Arbitrary<object>][] = [
      ["public", publicResource.map((of) => of(1))],
      ["policy", policy],
    ];
    for (const [kind, entry] of entries) {
      fc.assert(
        fc.property(entry, (written) => {
          const checked = checkResource(kind, "a", written);
          if (!checked.ok) throw new Error("the entry does not fit");
          expect(unmask(kind, maskSecrets(kind, checked.resource), checked.resource)).toEqual(checked.resource);
        }),
        { numRuns: 60 },
      );
    }
  });
});

describe("a raw document", () => {
  it.each(["public-resources", "proxy-resources", "public-resource", "Public_Resources", "anything"])(
    "is masked in %s",
    (section) => {
      expect(maskBlueprint({ [section]: { web: { ...web, auth } } })).toEqual({
        [section]: { web: { ...web, auth: masked } },
      });
    },
  );

  it("is masked in its policies, wherever something is called a secret, in any spelling", () => {
    expect(
      maskBlueprint({
        "public-policies": {
          p: { ...staff, Password: "a", pin_code: 1, "PIN-CODE": ["b"], other: [{ password: { a: "c" } }] },
        },
      }),
    ).toEqual({
      "public-policies": {
        p: {
          ...{ name: "Staff", password: mask, pincode: mask, "basic-auth": { user: "joes", password: mask } },
          ...{ Password: mask, pin_code: mask, "PIN-CODE": mask, other: [{ password: mask }] },
        },
      },
    });
  });

  it.each([
    ["auth that is a text", { auth: "hunter2" }],
    ["auth that is a list", { auth: ["hunter2"] }],
    ["a basic login in one text", { auth: { "basic-auth": "user:hunter2" } }],
    ["basic logins in a list", { auth: { basicAuth: [{ user: "joe", password: "hunter2" }, "hunter2"] } }],
    ["a basic login with another word for its password", { auth: { "basic-auth": { user: "joe", pass: "hunter2" } } }],
    ["a basic login whose user is a map", { "basic-auth": { user: { joe: "hunter2" } } }],
    ["a password that is mistyped", { auth: { passwrod: "hunter2", pincod: "hunter2" }, Pasword: "hunter2" }],
  ])("shows nothing of %s", (_, entry) => {
    expect(JSON.stringify(maskBlueprint({ "public-resources": { web: entry } }))).not.toContain("hunter2");
  });

  it("shows everything else as it is", () => {
    const open = {
      path: "/a",
      "path-match": "prefix",
      pass: "x",
      "basic-auth": { user: "joe", extendedCompatibility: true },
    };
    expect(maskBlueprint({ "public-resources": { web: open } })).toEqual({ "public-resources": { web: open } });
  });

  it("may have entries that are called as secrets are", () => {
    expect(maskBlueprint({ "public-resources": { password: web } })).toEqual({ "public-resources": { password: web } });
  });

  it.each([
    [null],
    ["text"],
    [[1, { password: "a" }]],
    [{ "public-resources": null }],
    [{ "public-resources": { a: "text" } }],
    [{ password: "a" }],
  ])("may have any shape: %j", (document) => {
    expect(JSON.stringify(maskBlueprint(document))).toBe(
      JSON.stringify(document).replace('"password":"a"', `"password":"${mask}"`),
    );
  });

  it("may be deep beyond reason", () => {
    const deep: unknown = JSON.parse(`${'{"a":['.repeat(50_000)}{"password":"hunter2"}${"]}".repeat(50_000)}`);
    expect(JSON.stringify(maskBlueprint(deep))).not.toContain("hunter2");
  });

  it("shows no secret of any document that fits", () => {
    fc.assert(
      fc.property(blueprint, fc.uuid(), (document, secret) => {
        const marked = JSON.stringify(document, (key, value) =>
          key === "password" || key === "pincode" ? (value === null ? null : secret) : value,
        );
        expect(JSON.stringify(maskBlueprint(JSON.parse(marked)))).not.toContain(secret);
        const check = checkBlueprint(document);
        if (!check.ok) throw new Error("the document does not fit");
        for (const kind of blueprintKinds) expect(maskSecrets(kind, {})).toEqual({});
      }),
      { numRuns: 60 },
    );
  });
});
