import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blueprintKinds, checkBlueprint, checkResource, pathText } from "../../../src/provisioning/blueprint/index.js";
import { host, target, web } from "./places.js";

/** A text that is told of, of any document and each of its kinds of entries. */
function problemsOf(document: unknown): string[] {
  const check = checkBlueprint(document);
  return check.ok ? [] : check.problems.map(({ path }) => pathText(path));
}

/** What JSON may look like that was meant to be a document, and is broken somewhere. */
const keys = fc.oneof(
  fc.constantFrom(
    "name",
    "mode",
    "targets",
    "auth",
    "rules",
    "full-domain",
    "proxy-port",
    "healthcheck",
    "hostname",
    "port",
  ),
  fc.constantFrom("__proto__", "constructor", "prototype", "toString", "hasOwnProperty"),
  fc.string({ maxLength: 6 }),
);
const { value: anything } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: "medium" },
    fc.oneof(
      fc.constantFrom("http", "tcp", "host", ""),
      fc.string(),
      fc.integer(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
    ),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.array(fc.tuple(keys, tie("value")), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
  ),
}));
const sections = fc.constantFrom(
  "public-resources",
  "proxy-resources",
  "private-resources",
  "client-resources",
  "public-policies",
  "sites",
);
const nearlyDocument = fc.dictionary(sections, fc.oneof(anything, fc.dictionary(keys, anything, { maxKeys: 3 })), {
  maxKeys: 3,
});

describe("a check", () => {
  it("throws for nothing", () => {
    fc.assert(
      fc.property(fc.oneof(anything, nearlyDocument, fc.jsonValue()), (document) => {
        const lenient = checkBlueprint(document);
        const strict = checkBlueprint(document, { strict: true });
        if (strict.ok) expect(lenient).toEqual(strict);
        if (!lenient.ok) expect(lenient.problems).not.toEqual([]);
        for (const kind of blueprintKinds) expect(typeof checkResource(kind, "a", document).ok).toBe("boolean");
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["objects", '{"a":', "1", "}"],
    ["lists", "[", "", "]"],
  ])("says that %s are too deep, however deep they are", (_, open, middle, close) => {
    for (const depth of [101, 100_000]) {
      const nested = JSON.parse(
        `{"public-resources":{"a":{"x":${open.repeat(depth)}${middle}${close.repeat(depth)}}}}`,
      );
      expect(problemsOf(nested)).toEqual([""]);
    }
    const shallow = JSON.parse(
      `{"public-resources":{"a":{"targets":[],"x":${open.repeat(90)}${middle}${close.repeat(90)}}}}`,
    );
    expect(problemsOf(shallow)).toEqual([]);
  });

  it("says so of a document that contains itself", () => {
    const document: Record<string, unknown> = {};
    document["public-resources"] = { a: document };
    expect(problemsOf(document)).toEqual([""]);
  });

  it.each(["__proto__", "constructor", "prototype"])("refuses %s as a key, anywhere", (key) => {
    const at = (text: string) => problemsOf(JSON.parse(text.replace("KEY", JSON.stringify(key))));
    expect(at('{"public-resources":{KEY:{"targets":[]}}}')).toEqual([`public-resources.${key}`]);
    expect(at("{KEY:{}}")).toEqual([key]);
    expect(at('{"public-resources":{"a":{"targets":[null,{"hostname":"a","port":1,KEY:1}]}}}')).toEqual([
      `public-resources.a.targets[1].${key}`,
    ]);
    expect(at('{"public-resources":{"a":{"targets":[],"unknown":[{KEY:1}]}}}')).toEqual([
      `public-resources.a.unknown[0].${key}`,
    ]);
    expect(at('{"sites":{KEY:{"name":"A"}}}')).toEqual([`sites.${key}`]);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });

  it("takes names of an object's own methods for the names that they are", () => {
    const check = checkBlueprint({ "private-resources": { toString: host, valueOf: host, hasOwnProperty: host } });
    expect(check.ok && Object.keys(check.blueprint.privateResources)).toEqual([
      "toString",
      "valueOf",
      "hasOwnProperty",
    ]);
  });

  it("says that an entry, or a document, has too many values", () => {
    const many = Array.from({ length: 20_001 }, () => 1);
    expect(problemsOf({ "public-resources": { a: { ...web, targets: many }, b: {} } })).toEqual(["public-resources.a"]);
    expect(checkResource("public", "a", { ...web, targets: many })).toMatchObject({
      ok: false,
      problems: [{ path: ["public-resources", "a"] }],
    });
    const entries = Object.fromEntries(
      Array.from({ length: 1100 }, (_, at) => [`r${at}`, { targets: many.slice(0, 1000) }]),
    );
    expect(problemsOf({ "public-resources": entries })).toEqual([""]);
  });

  it("says that a document has too many sections or entries", () => {
    const entries = (count: number, value: unknown) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`r${at}`, value]));
    expect(checkBlueprint({ "public-resources": entries(4_999, { targets: [] }) })).toMatchObject({ ok: true });
    for (const many of [entries(5_000, {}), { "public-resources": entries(5_000, {}), sites: {} }]) {
      const check = checkBlueprint({ ...many, "private-resources": {} });
      expect(check).toMatchObject({
        ok: false,
        problems: [{ path: [], message: expect.stringMatching(/5000 sections/) }],
      });
    }
  });

  it("tells 1,000 errors, and that there are more", () => {
    const broken = Object.fromEntries(Array.from({ length: 4_000 }, (_, at) => [`r${at}`, { mode: "nope" }]));
    const check = checkBlueprint({ "private-resources": broken });
    if (check.ok) throw new Error("it fits");
    expect(check.problems).toHaveLength(1_001);
    expect(check.problems.at(-1)).toMatchObject({ level: "error", message: expect.stringMatching(/^from here on/) });
    expect(checkResource("public", "a", { targets: Array.from({ length: 4_000 }, () => ({})) })).toMatchObject({
      problems: { length: 1_001 },
    });
  });

  it("looks at a whole document however much there is to warn of, and never takes what strict refuses for that", () => {
    const idle = (count: number, last: unknown) => ({
      "private-resources": Object.fromEntries([
        ...Array.from({ length: count }, (_, at) => [`r${at}`, { ...host, x: 1, roles: ["Admin"] }]),
        ["last", last],
      ]),
    });
    const { warnings } = checkBlueprint(idle(2_000, host));
    expect(warnings.filter(({ level }) => level === "warning")).toHaveLength(1_001);
    expect(warnings.filter(({ level }) => level === "strict")).toHaveLength(1_001);
    expect(problemsOf(idle(2_000, {}))).toEqual(["private-resources.last.name", "private-resources.last.mode"]);
    const strict = checkBlueprint(idle(2_000, host), { strict: true });
    expect(strict).toMatchObject({ ok: false, problems: { length: 1_001 }, warnings: { length: 1_001 } });
  });

  /** About a megabyte each, as a hostile site may send it. */
  it.each<[string, () => unknown]>([
    [
      "entries",
      () => ({ "public-resources": Object.fromEntries(Array.from({ length: 60_000 }, (_, at) => [`r${at}`, {}])) }),
    ],
    [
      "broken entries",
      () => ({
        "private-resources": Object.fromEntries(Array.from({ length: 60_000 }, (_, at) => [`r${at}`, { a: 1 }])),
      }),
    ],
    [
      "as many broken entries as there may be",
      () => ({
        "public-resources": Object.fromEntries(
          Array.from({ length: 4_900 }, (_, at) => [`r${at}`, { targets: Array.from({ length: 65 }, () => ({})) }]),
        ),
      }),
    ],
    [
      "as many mistyped keys as there may be",
      () => ({
        "private-resources": Object.fromEntries(
          Array.from({ length: 4_900 }, (_, at) => [
            `r${at}`,
            { ...host, ...Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`namme${n}`, 1])) },
          ]),
        ),
      }),
    ],
    [
      "keys of prototypes",
      () => JSON.parse(`{"public-resources":{"a":{"x":[${'{"__proto__":{"__proto__":1}},'.repeat(4_000)}0]}}}`),
    ],
    [
      "unknown keys",
      () => ({
        "public-resources": { a: Object.fromEntries(Array.from({ length: 19_000 }, (_, at) => [`full-dom${at}`, 1])) },
      }),
    ],
    ["unknown sections", () => Object.fromEntries(Array.from({ length: 60_000 }, (_, at) => [`public-res${at}`, 1]))],
    [
      "broken targets",
      () => ({ "public-resources": { a: { ...web, targets: Array.from({ length: 6000 }, () => ({ x: 1, y: 2 })) } } }),
    ],
    ["a text", () => ({ "public-resources": { a: { ...web, "full-domain": `${"a.".repeat(500_000)}b` } } })],
    [
      "an address",
      () => ({ "public-resources": { a: { ...web, auth: { "whitelist-users": ["a.".repeat(500_000)] } } } }),
    ],
    [
      "a listed address",
      () => ({ "public-policies": { a: { name: "A", "whitelist-users": [`*@${"a.".repeat(500_000)}`] } } }),
    ],
    ["ports", () => ({ "private-resources": { a: { ...host, "tcp-ports": "1,".repeat(500_000) } } })],
    ["blanks in ports", () => ({ "private-resources": { a: { ...host, "tcp-ports": `1${" ".repeat(1_000_000)}x` } } })],
    [
      "a path",
      () => ({
        "public-resources": { a: { ...web, rules: [{ action: "allow", match: "path", value: "a/".repeat(500_000) }] } },
      }),
    ],
    [
      "a network",
      () => ({ "private-resources": { a: { name: "A", mode: "cidr", destination: "1:".repeat(500_000) } } }),
    ],
    ["an alias", () => ({ "private-resources": { a: { ...host, alias: "*?".repeat(500_000) } } })],
    [
      "one domain again and again",
      () => ({
        "public-resources": Object.fromEntries(
          Array.from({ length: 10_000 }, (_, at) => [`r${at}`, { ...web, targets: [target] }]),
        ),
      }),
    ],
    [
      "rules of one priority",
      () => ({
        "public-resources": {
          a: {
            ...web,
            rules: Array.from({ length: 4000 }, () => ({ action: "allow", match: "path", value: "/", priority: 1 })),
          },
        },
      }),
    ],
  ])("takes no longer than it should for a megabyte of %s", (_, documentOf) => {
    const document = documentOf();
    const before = process.cpuUsage();
    checkBlueprint(document);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(1_500);
  });
});
