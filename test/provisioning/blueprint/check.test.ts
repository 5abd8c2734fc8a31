import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  checkBlueprint,
  checkResource,
  type Finding,
  pathText,
  readBlueprint,
} from "../../../src/provisioning/blueprint/index.js";
import { host, raw, web } from "./places.js";

const texts = (findings: readonly Finding[]) => findings.map(({ level, path }) => `${level} ${pathText(path)}`);

function found(document: unknown, strict = false) {
  const check = checkBlueprint(document, { strict });
  return { ok: check.ok, problems: check.ok ? [] : texts(check.problems), warnings: texts(check.warnings) };
}

/** The example of the product document, as users were promised it (PROTOCOLS B14). */
const promised = `
private-resources:
  ssh-resource:
    name: SSH Server
    mode: host
    destination: localhost
    site: "{{env.SERIAL_NUMBER}}-site"
    tcp-ports: "22,3389"
    udp-ports: "*"
    disable-icmp: false
    roles:
      - Customer1
      - DevOps
    users:
      - user@example.com
public-resources:
  secure-resource:
    name: Web Resource
    protocol: http
    full-domain: "{{env.SERIAL_NUMBER}}.example.com"
    auth:
      sso-enabled: true
      sso-roles:
        - Member
        - Admin
      sso-users:
        - user@example.com
`;

describe("the example of the product document", () => {
  const { document } = readBlueprint(promised, { SERIAL_NUMBER: "SN42" });
  const faults = [
    "strict public-resources.secure-resource.auth.sso-roles[1]",
    "strict private-resources.ssh-resource.destination",
  ];

  it("is taken for what was meant, with two warnings", () => {
    expect(checkBlueprint(document)).toMatchObject({
      ok: true,
      blueprint: {
        publicResources: {
          "secure-resource": { mode: "http", "full-domain": "SN42.example.com", auth: { "sso-roles": ["Member"] } },
        },
        privateResources: {
          "ssh-resource": { sites: ["SN42-site"], destination: "localhost", "tcp-ports": "22,3389" },
        },
      },
    });
    expect(found(document)).toEqual({ ok: true, problems: [], warnings: faults });
  });

  it("is refused by a strict check for the two reasons of a Pangolin server", () => {
    expect(found(document, true)).toEqual({ ok: false, problems: faults, warnings: [] });
  });
});

describe("a document", () => {
  it.each([[null], ["text"], [[]], [7], [undefined]])("is a map of sections, not %j", (document) => {
    expect(found(document)).toEqual({ ok: false, problems: ["error "], warnings: [] });
  });

  it.each(["public-resources", "proxy-resources", "private-resources", "client-resources", "public-policies", "sites"])(
    "has maps for sections: %s",
    (section) => {
      for (const value of [null, [], "text", 1]) {
        expect(found({ [section]: value }).problems).toEqual([`error ${section}`]);
        expect(found({ [section]: { a: value } }).problems).toEqual([`error ${section}.a`]);
      }
      expect(found({ [section]: {} })).toEqual({ ok: true, problems: [], warnings: [] });
    },
  );

  it("of nothing has nothing", () => {
    expect(checkBlueprint({})).toEqual({
      ok: true,
      blueprint: { policies: {}, publicResources: {}, privateResources: {} },
      warnings: [],
    });
  });

  it("has sites that are checked and count for nothing", () => {
    expect(found({ sites: { a: { name: "A", "docker-socket-enabled": false } } })).toEqual({
      ok: true,
      problems: [],
      warnings: ["warning sites"],
    });
    expect(
      found({
        sites: { a: { name: "" }, b: {}, c: { name: "a".repeat(101) }, d: { name: "D", "docker-socket-enabled": 1 } },
      }).problems,
    ).toEqual([
      "error sites.a.name",
      "error sites.b.name",
      "error sites.c.name",
      "error sites.d.docker-socket-enabled",
    ]);
  });

  it("takes older and newer sections together, and the newer entry of two whole", () => {
    const check = checkBlueprint({
      "proxy-resources": { a: { ...web, rules: [], enabled: false }, b: { ...web, "full-domain": "b.example.com" } },
      "public-resources": { a: { ...web, name: "New" } },
      "client-resources": { c: host, d: { ...host, name: "Old" } },
      "private-resources": { d: host },
    });
    expect(check).toMatchObject({
      ok: true,
      blueprint: {
        publicResources: { a: { name: "New", enabled: true }, b: { name: "Web" } },
        privateResources: { c: { name: "SSH" }, d: { name: "SSH" } },
      },
    });
    expect(texts(check.warnings)).toEqual(["warning proxy-resources.a", "warning client-resources.d"]);
  });

  it("has no broken entry, not even one that gives way", () => {
    expect(found({ "proxy-resources": { a: { ...web, mode: 1 } }, "public-resources": { a: web } }).problems).toEqual([
      "error proxy-resources.a.mode",
    ]);
  });

  it("tells all its problems at once, whichever entries they are in", () => {
    const { problems } = found({
      "public-policies": { p: {} },
      "public-resources": { a: { ...web, mode: "tpc" }, b: { ...web }, c: { name: "C", mode: "tcp" } },
      "private-resources": { d: { ...host, destination: 1, alias: "x.y" }, e: { ...host, alias: "x.y" } },
    });
    expect(problems.toSorted()).toEqual([
      "error private-resources.d.destination",
      "error private-resources.e.alias",
      "error public-policies.p.name",
      "error public-resources.a.mode",
      "error public-resources.b.full-domain",
      "error public-resources.c.proxy-port",
    ]);
  });
});

describe("two entries", () => {
  const publicly = (...entries: object[]) => ({
    "public-resources": Object.fromEntries(entries.map((entry, at) => [`r${at}`, entry])),
  });
  const privately = (...entries: object[]) => ({
    "private-resources": Object.fromEntries(entries.map((entry, at) => [`r${at}`, entry])),
  });
  const port = (mode: object, at = 22) => ({ name: "P", "proxy-port": at, ...mode });
  const domain = (name: string) => ({ ...web, "full-domain": name });
  const page = (name: string) => ({ ...host, mode: "http", "full-domain": name });

  it.each<[string, object, string]>([
    ["public, of one domain", publicly(domain("a.b"), domain("a.b")), "error r1.full-domain"],
    ["public, of two domains", publicly(domain("a.b"), domain("b.b")), "fine"],
    ["public, of one domain in two spellings", publicly(domain("a.b"), domain("A.b")), "warning r1.full-domain"],
    ["private, of one domain", privately(page("a.b"), page("a.b")), "error r1.full-domain"],
    ["private, of one alias", privately({ ...host, alias: "a.b" }, { ...host, alias: "a.b" }), "error r1.alias"],
    ["private, of two aliases", privately({ ...host, alias: "a.b" }, { ...host, alias: "b.b" }), "fine"],
    [
      "of one port, by the older name",
      publicly(port({ protocol: "tcp" }), port({ protocol: "tcp" })),
      "error r1.proxy-port",
    ],
    ["of one port, by the newer name", publicly(port({ mode: "tcp" }), port({ mode: "tcp" })), "warning r1.proxy-port"],
    ["of one port, by both names", publicly(port({ mode: "udp" }), port({ protocol: "udp" })), "warning r1.proxy-port"],
    ["of one port, by two protocols", publicly(port({ protocol: "tcp" }), port({ protocol: "udp" })), "fine"],
    ["of two ports", publicly(port({ protocol: "tcp" }), port({ protocol: "tcp" }, 23)), "fine"],
    [
      "of one port that does not count",
      publicly(
        { ...port({ protocol: "rdp" }), "full-domain": "a.b" },
        { ...port({ protocol: "rdp" }), "full-domain": "b.b" },
      ),
      "strict r1.proxy-port",
    ],
  ])("%s", (_, document, verdict) => {
    const [level, place] = verdict.split(" ");
    const [section] = Object.keys(document);
    const at = place && `${level} ${section}.${place}`;
    const strict = found(document, true);
    const lenient = found(document);
    expect(strict.problems).toEqual(level === "error" || level === "strict" ? [at] : []);
    expect(lenient.problems).toEqual(level === "error" ? [at] : []);
    if (level === "warning") expect(strict.warnings).toContain(at);
    if (level === "warning" || level === "strict") expect(lenient.warnings).toContain(at);
    if (level === "fine") expect(strict.warnings).toEqual([]);
  });

  it("may have one domain, if one is public and one private", () => {
    expect(found({ ...publicly(domain("a.b")), ...privately(page("a.b")) })).toMatchObject({ ok: true, warnings: [] });
  });

  it("are compared across older and newer sections, and where something else in them is broken", () => {
    const document = { "proxy-resources": { a: { ...web, ssl: 1 } }, "public-resources": { b: web } };
    expect(found(document).problems).toEqual(["error proxy-resources.a.ssl", "error public-resources.b.full-domain"]);
  });

  it("of which one gives way have nothing in common", () => {
    expect(found({ "proxy-resources": { a: web }, "public-resources": { a: web } }).problems).toEqual([]);
  });
});

describe("an unknown key", () => {
  const hints = (document: unknown) =>
    checkBlueprint(document).warnings.map(({ path, at, message }) => [
      pathText(path),
      at,
      /did you mean (\S+)\?/.exec(message)?.[1],
    ]);

  it.each([
    ["fullDomain", "full-domain"],
    ["full_domain", "full-domain"],
    ["FULL-DOMAIN", "full-domain"],
    ["ful-domain", "full-domain"],
    ["lables", "labels"],
    ["domain", "full-domain"],
    ["backends", "targets"],
    ["sso", undefined],
    ["x", undefined],
    ["a".repeat(10_000), undefined],
  ])("%.20s: did you mean %s?", (key, meant) => {
    expect(hints({ "public-resources": { a: { ...web, [key]: 1 } } })).toEqual([
      [`public-resources.a.${key}`, "key", meant],
    ]);
  });

  it("is found at every level", () => {
    const target = {
      hostname: "a",
      port: 1,
      method: "http",
      hostName: "b",
      healthcheck: { hostname: "a", port: 1, mode: "tcp", intervall: 1 },
    };
    expect(
      hints({
        "public-resource": {},
        "public-resources": {
          a: {
            ...web,
            targets: [null, target],
            auth: { "basic-auth": { user: "a", password: "b", "extended-compatibility": true } },
          },
        },
        "public-policies": { p: { name: "P", rules: [{ action: "allow", match: "path", value: "/", prio: 1 }] } },
        sites: { s: { name: "S", dockerSocketEnabled: true } },
      }),
    ).toEqual([
      ["public-policies.p.rules[0].prio", "key", undefined],
      ["public-resources.a.targets[1].hostName", "key", "hostname"],
      ["public-resources.a.targets[1].healthcheck.intervall", "key", "interval"],
      ["public-resources.a.auth.basic-auth.extended-compatibility", "key", "extendedCompatibility"],
      ["sites", undefined, undefined],
      ["sites.s.dockerSocketEnabled", "key", "docker-socket-enabled"],
      ["public-resource", "key", "public-resources"],
    ]);
  });

  it("is told of where the document is broken too", () => {
    expect(found({ "public-resources": { a: { ...web, ssl: 1, SSL: true } } })).toEqual({
      ok: false,
      problems: ["error public-resources.a.ssl"],
      warnings: ["warning public-resources.a.SSL"],
    });
  });
});

describe("a message", () => {
  const messageOf = (changes: object) => {
    const checked = checkResource("public", "a", { ...web, ...changes });
    return checked.ok ? undefined : checked.problems[0]?.message;
  };

  it.each([
    [{ name: 1 }, "must be a text; put it in quotes"],
    [{ enabled: "true" }, "must be true or false, not a text; write it without quotes"],
    [{ "proxy-port": "80" }, "must be a number, not a text; write it without quotes"],
    [{ "proxy-port": 1.5 }, "must be a whole number"],
    [{ "proxy-port": 0 }, "must be at least 1"],
    [{ "proxy-port": 70_000 }, "must be at most 65535"],
    [{ "host-header": null }, "must be a text; leave the key out for none"],
    [{ mode: "htp" }, "must be one of http, tcp, udp, ssh, rdp, vnc, inference; did you mean http?"],
    [{ labels: [""] }, "must be a text that is not empty"],
    [{ maintenance: { title: "a".repeat(256) } }, "must be at most 255 characters long"],
    [{ auth: { "whitelist-users": ["a"] } }, "must be an e-mail address"],
    [{ targets: [{ port: 1, method: "http" }] }, "is missing; it is a text"],
    [{ rules: {} }, "must be a list"],
    [{ auth: [] }, "must be a map of keys"],
  ])("of %j", (changes, message) => {
    expect(messageOf(changes)).toBe(message);
  });

  it("never repeats a secret", () => {
    const secret = "hunter2-hunter2";
    const check = checkBlueprint({
      "public-resources": { a: { ...raw, auth: { pincode: secret, password: [secret], "basic-auth": secret } } },
      "public-policies": {
        p: { name: "P", pincode: secret, password: { a: secret }, "basic-auth": { user: 1, password: [secret] } },
      },
    });
    expect(check.ok).toBe(false);
    expect(JSON.stringify(check)).not.toContain("hunter2");
  });
});

describe("one entry by itself", () => {
  it("is checked as in its place of a document", () => {
    const checked = checkResource("public", "web", { ...web, protocol: "http", typo: 1 });
    expect(checked).toMatchObject({ ok: true, resource: { mode: "http", targets: [] } });
    expect(texts(checked.warnings)).toEqual(["warning public-resources.web.typo"]);
    const broken = checkResource("private", "a b", { ...host, mode: "tcp" });
    expect(broken.ok ? [] : texts(broken.problems)).toEqual(['error private-resources["a b"].mode']);
    const strict = checkResource("policy", "p", { name: "P", "sso-roles": ["Admin"] }, { strict: true });
    expect(strict.ok ? [] : texts(strict.problems)).toEqual(["strict public-policies.p.sso-roles[0]"]);
  });

  it.each([
    ...["", "__proto__", "constructor", "prototype", "a\nb", "a".repeat(256)],
    // No address ends with these, and no database gives half a character back.
    ...[".", "..", "\ud800", "a\udc00b"],
  ])("may not be called %j", (niceId) => {
    expect(checkResource("private", niceId, host)).toMatchObject({
      ok: false,
      problems: [{ path: ["private-resources", niceId], at: "key" }],
    });
    const document: unknown = JSON.parse(`{"private-resources":{${JSON.stringify(niceId)}:${JSON.stringify(host)}}}`);
    expect(found(document).problems).toHaveLength(1);
  });

  it.each(["a b", "x.y", "...", "é", "😀", "123", "a".repeat(255)])("may be called %j", (niceId) => {
    expect(checkResource("private", niceId, host).ok).toBe(true);
    expect(found({ "private-resources": { [niceId]: host } }).ok).toBe(true);
  });
});

it.each(["bootstrap"])("the example %s is accepted by a strict check", (name) => {
  const yaml = readFileSync(new URL(`../../../examples/blueprints/${name}.yaml`, import.meta.url), "utf8");
  expect(found(readBlueprint(yaml, { SERIAL_NUMBER: "SN42" }).document, true)).toMatchObject({
    ok: true,
    problems: [],
    warnings: [],
  });
});

describe("a role that could not be created", () => {
  it.each([
    ["private", "roles", { ...host, roles: ["A", "\ud800"] }],
    ["policy", "sso-roles", { name: "A", "sso-roles": ["A", "\ud800"] }],
    ["public", "auth.sso-roles", { ...web, auth: { "sso-roles": ["A", "\ud800"] } }],
  ] as const)("is refused in a %s entry's %s", (kind, list, entry) => {
    const check = checkResource(kind, "a", entry);
    expect(check.ok ? [] : check.problems.map(({ path }) => pathText(path.slice(2)))).toEqual([`${list}[1]`]);
  });
});
