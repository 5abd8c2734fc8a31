import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  checkBlueprint,
  documentOfContainers,
  documentOfLabels,
  labelsOf,
} from "../../../src/provisioning/blueprint/index.js";
import { blueprint } from "./arbitrary.js";

const web = { name: "Web", mode: "http", "full-domain": "a.example.com" };

describe("a blueprint as labels", () => {
  it("has a dotted path for each value (PROTOCOLS B13)", () => {
    const document = {
      "public-resources": { web: { ...web, ssl: false, targets: [null, { hostname: "a", port: 80, method: "http" }] } },
      "private-resources": { "my.ssh": { roles: [], "tcp-ports": "", name: "42" } },
    };
    const labels = {
      "pangolin.public-resources.web.name": "Web",
      "pangolin.public-resources.web.mode": "http",
      "pangolin.public-resources.web.full-domain": "a.example.com",
      "pangolin.public-resources.web.ssl": "false",
      "pangolin.public-resources.web.targets[0]": "null",
      "pangolin.public-resources.web.targets[1].hostname": "a",
      "pangolin.public-resources.web.targets[1].port": "80",
      "pangolin.public-resources.web.targets[1].method": "http",
      'pangolin.private-resources["my.ssh"].roles': "[]",
      'pangolin.private-resources["my.ssh"].tcp-ports': "",
      'pangolin.private-resources["my.ssh"].name': "42",
    };
    expect(labelsOf(document)).toEqual(labels);
    expect(documentOfLabels(labels)).toEqual({ document, skipped: [] });
  });

  it("means the same when it is read again, if a strict check accepts it", () => {
    fc.assert(
      fc.property(blueprint, (document) => {
        const { document: read, skipped } = documentOfLabels(labelsOf(document));
        expect(skipped).toEqual([]);
        const [before, after] = [document, read].map((one) => checkBlueprint(one, { strict: true }));
        expect(before).toMatchObject({ ok: true });
        if (before?.ok && after?.ok) expect(after.blueprint).toStrictEqual(before.blueprint);
        else expect(after).toMatchObject({ ok: true });
      }),
      { numRuns: 100 },
    );
  });

  it("does the same in normal form, whatever the order of the labels", () => {
    fc.assert(
      fc.property(blueprint, fc.infiniteStream(fc.nat()), (document, order) => {
        const entries = Object.entries(labelsOf(document)).map((entry) => [order.next().value, entry] as const);
        const shuffled = entries.toSorted(([one], [other]) => Number(one) - Number(other)).map(([, entry]) => entry);
        const read = documentOfLabels(Object.fromEntries(shuffled)).document;
        const [before, after] = [document, read].map((one) => checkBlueprint(one));
        if (before?.ok && after?.ok) expect(after.blueprint).toEqual(before.blueprint);
        else expect(after).toMatchObject({ ok: true });
      }),
    );
  });

  it("converts what the document wants converted, and unknown values as far as they look like it", () => {
    const labels = {
      "pangolin.public-resources.web.name": "true",
      "pangolin.public-resources.web.ssl": "true",
      "pangolin.public-resources.web.proxy-port": "80",
      "pangolin.public-resources.web.auth.pincode": "0123",
      "pangolin.public-policies.p.pincode": "012345",
      "pangolin.public-resources.web.rules[0].value": "64496",
      "pangolin.public-resources.web.unknown": "7",
      "pangolin.public-resources.web.strange": "null",
    };
    expect(documentOfLabels(labels).document).toEqual({
      "public-resources": {
        web: {
          ...{ name: "true", ssl: true, "proxy-port": 80, auth: { pincode: "0123" } },
          ...{ rules: [{ value: "64496" }], unknown: 7, strange: "null" },
        },
      },
      "public-policies": { p: { pincode: "012345" } },
    });
  });
});

describe("labels that are none of a blueprint", () => {
  it.each([
    ["pangolin.__proto__.polluted", "__proto__"],
    ["pangolin.public-resources.web.constructor.prototype.x", "constructor"],
    ['pangolin.public-resources["__proto__"].x', "__proto__"],
    ["pangolin.public-resources.web.targets[999999].port", "places empty"],
    ["pangolin.public-resources.web.targets[17].port", "places empty"],
    ["pangolin.public-resources.web.targets[99999999].port", "no path"],
    ["pangolin.public-resources.web.targets[-1].port", "no path"],
    ["pangolin.public-resources..name", "no path"],
    ["pangolin.public-resources.", "no path"],
    ["pangolin.", "names nothing"],
    ['pangolin.public-resources["\\x"]', "no JSON text"],
    [`pangolin.${"a.".repeat(200)}a`, "deeper than 100"],
    ["pangolin.public-resources.web.name.first", "below the value"],
    ["pangolin.public-resources.web[0]", "in the way"],
    ['pangolin.public-resources.web["name"]', "given twice"],
  ])("are told and left out: %s", (name, why) => {
    const { document, skipped } = documentOfLabels({ "pangolin.public-resources.web.name": "Web", [name]: "other" });
    expect(document).toEqual({ "public-resources": { web: { name: "Web" } } });
    expect(skipped).toMatchObject([{ level: "error", message: expect.stringContaining(why) }]);
    expect({}).not.toHaveProperty("polluted");
  });

  it("are left alone if they are another program's", () => {
    expect(documentOfLabels({ "traefik.enable": "true", pangolin: "x" })).toEqual({ document: {}, skipped: [] });
  });

  it("are no more than can be handled", () => {
    const many = Object.fromEntries(Array.from({ length: 50_001 }, (_, n) => [`pangolin.sites.s${n}.name`, "x"]));
    const { document, skipped } = documentOfLabels(many);
    expect(Object.keys(Object(Object(document).sites))).toHaveLength(50_000);
    expect(skipped).toMatchObject([{ message: expect.stringContaining("more than 50000") }]);
  });
});

const container = (name: string, labels: Record<string, string>, more = {}) => ({
  ...{ name, state: "running", ports: [{ privatePort: 8080 }, { privatePort: 9000 }] },
  labels: Object.fromEntries(Object.entries(labels).map(([key, value]) => [`pangolin.${key}`, value])),
  ...more,
});
const ofWeb = (fields: Record<string, string>, section = "public-resources", niceId = "web") =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [`${section}.${niceId}.${key}`, value]));

describe("the labels of containers", () => {
  it("describe targets that are the containers themselves", () => {
    const labels = ofWeb({ ...web, "targets[0].method": "http" });
    const other = ofWeb({ "targets[1].method": "https", "targets[1].port": "443" });
    expect(documentOfContainers([container("/web-1", labels), container("web-2", other)])).toEqual({
      document: {
        "public-resources": {
          web: {
            ...web,
            targets: [
              { hostname: "web-1", port: 8080, method: "http" },
              { hostname: "web-2", port: 443, method: "https" },
            ],
          },
        },
      },
      skipped: [],
    });
  });

  it("are heard in all four sections, of running containers only", () => {
    const ssh = { name: "SSH", mode: "host", destination: "10.0.0.1" };
    const { document, skipped } = documentOfContainers([
      container("a", ofWeb(web, "public-resources", "a")),
      container("b", ofWeb({ ...web, "full-domain": "b.example.com" }, "proxy-resources", "b")),
      container("c", ofWeb(ssh, "private-resources", "c")),
      container("d", ofWeb(ssh, "client-resources", "d")),
      container("e", ofWeb(ssh, "private-resources", "e"), { state: "exited" }),
      container("f", {}, { labels: null, ports: null }),
      container("g", { "public-policies.p.name": "P" }),
    ]);
    const check = checkBlueprint(document);
    if (!check.ok) throw new Error("it does not fit");
    expect(Object.keys(check.blueprint.publicResources).sort()).toEqual(["a", "b"]);
    expect(Object.keys(check.blueprint.privateResources).sort()).toEqual(["c", "d"]);
    expect(skipped).toMatchObject([{ message: expect.stringMatching(/^container g: .*no section/) }]);
  });

  it("of replicas are the same resource once", () => {
    const labels = ofWeb({ ...web, "targets[0].method": "http" });
    const { document, skipped } = documentOfContainers([container("web-1", labels), container("web-2", labels)]);
    expect(document).toMatchObject({ "public-resources": { web: { targets: [{ hostname: "web-1" }] } } });
    expect(skipped).toEqual([]);
  });

  it("give no more resources than a site may have, and tell of the others", () => {
    const resources = (domain: (at: number) => string) =>
      Array.from({ length: 3_000 }, (_, at) =>
        ofWeb({ ...web, "full-domain": domain(at) }, "public-resources", `r${at}`),
      );
    const own = documentOfContainers([container("a", Object.assign({}, ...resources((at) => `r${at}.example.com`)))]);
    expect(Object.keys(Object(Object(own.document)["public-resources"]))).toHaveLength(1_000);
    expect(own.skipped).toHaveLength(2_000);
    const same = documentOfContainers([container("a", Object.assign({}, ...resources(() => "a.example.com")))]);
    expect(Object.keys(Object(Object(same.document)["public-resources"]))).toHaveLength(1);
    expect(same.skipped).toHaveLength(2_999);
  });

  it("that do not fit are left out one by one, and told", () => {
    const { document, skipped } = documentOfContainers([
      container("a", ofWeb({ ...web, "targets[0].method": "nope" }, "public-resources", "broken")),
      container("b", ofWeb(web, "public-resources", "sound")),
      container("c", ofWeb(web, "public-resources", "taken")),
      container("d", ofWeb({ name: "Other" }, "public-resources", "sound")),
      container("e", { "public-resources": "text" }),
      container("f", ofWeb({ "targets[0].method": "http" }, "public-resources", "portless"), { ports: [] }),
    ]);
    expect(Object.keys(Object(Object(document)["public-resources"]))).toEqual(["sound"]);
    expect(checkBlueprint(document)).toMatchObject({ ok: true });
    const told = skipped.map(({ path, message }) => `${path[1] ?? ""} ${message}`).join("\n");
    for (const word of ["broken", "taken", "container d: .*given twice", "container e: ", "portless"]) {
      expect(told).toMatch(new RegExp(word));
    }
  });

  it("never crash and always give a document that fits", () => {
    const part = fc.constantFrom(
      "public-resources",
      "web",
      "name",
      "mode",
      "http",
      "targets[0]",
      "port",
      "[3]",
      '["a b"]',
      "x",
      "__proto__",
    );
    const name = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join("."));
    const labels = fc.dictionary(name, fc.constantFrom("http", "80", "null", "[]", "{}", "a.example.com", ""));
    fc.assert(
      fc.property(fc.array(labels, { maxLength: 4 }), (all) => {
        const { document } = documentOfContainers(all.map((some, index) => container(`c${index}`, some)));
        expect(checkBlueprint(document)).toMatchObject({ ok: true });
      }),
      { numRuns: 100 },
    );
  });
});
