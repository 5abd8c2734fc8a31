import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { blueprintJson, checkBlueprint, readBlueprint } from "../../src/provisioning/blueprint/index.js";

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
    roles: [Customer1, DevOps]
    users: [user@example.com]
public-resources:
  secure-resource:
    name: Web Resource
    protocol: http
    full-domain: "{{env.SERIAL_NUMBER}}.example.com"
    auth:
      sso-enabled: true
      sso-roles: [Member, Admin]
      sso-users: [user@example.com]
`;

const publicResource = (changes: object) => ({
  "public-resources": { web: { name: "Web", mode: "http", "full-domain": "a.example.com", ...changes } },
});
const privateResource = (changes: object) => ({
  "private-resources": { ssh: { name: "SSH", mode: "host", destination: "10.0.0.1", ...changes } },
});

describe("a blueprint", () => {
  it("of the product document is accepted, Admin dropped with a warning", () => {
    const check = checkBlueprint(readBlueprint(promised, { SERIAL_NUMBER: "SN42" }));
    expect(check).toMatchObject({
      ok: true,
      blueprint: {
        publicResources: {
          "secure-resource": { "full-domain": "SN42.example.com", auth: { "sso-roles": ["Member"] } },
        },
        privateResources: { "ssh-resource": { site: "SN42-site", "tcp-ports": "22,3389" } },
      },
      warnings: [{ path: "public-resources.secure-resource.auth.sso-roles" }],
    });
  });

  it("takes every field of targets and health checks, their aliases among them, without a warning", () => {
    const healthcheck = {
      ...{ hostname: "10.0.0.1", port: 80, "unhealthy-interval": 5, unhealthyInterval: 7, followRedirects: true },
      ...{
        "follow-redirects": false,
        "healthy-threshold": 2,
        "unhealthy-threshold": 3,
        headers: [{ name: "a", value: "" }],
      },
    };
    const rewriting = { "rewrite-path": "/", rewritePath: "/a", "rewrite-match": "stripPrefix" };
    const target = { hostname: "a", port: 80, method: "h2c", "internal-port": 46_089, ...rewriting, healthcheck };
    expect(checkBlueprint(publicResource({ targets: [target, null] }))).toMatchObject({
      ok: true,
      blueprint: { publicResources: { web: { targets: [target, null] } } },
      warnings: [],
    });
  });

  it("keeps unknown keys out and says so", () => {
    expect(checkBlueprint(publicResource({ typo: 1 }))).toMatchObject({
      ok: true,
      warnings: [{ path: "public-resources.web.typo" }],
    });
  });

  it.each([
    ["a public resource without a mode", publicResource({ mode: undefined }), "public-resources.web.mode"],
    ["http without a domain", publicResource({ "full-domain": undefined }), "public-resources.web.full-domain"],
    ["tcp without a port", publicResource({ mode: "tcp" }), "public-resources.web.proxy-port"],
    [
      "an http target without a method",
      publicResource({ targets: [{ hostname: "a", port: 1 }] }),
      "public-resources.web.targets",
    ],
    [
      "a port beyond 65535",
      publicResource({ targets: [{ hostname: "a", port: 65536, method: "http" }] }),
      "public-resources.web.targets.0.port",
    ],
    [
      "a broken network",
      privateResource({ mode: "cidr", destination: "10.0.0.0/33" }),
      "private-resources.ssh.destination",
    ],
    ["a broken port list", privateResource({ "tcp-ports": "22,,80" }), "private-resources.ssh.tcp-ports"],
    ["a range that runs back", privateResource({ "tcp-ports": "90-80" }), "private-resources.ssh.tcp-ports"],
    ["a missing destination", privateResource({ destination: undefined }), "private-resources.ssh.destination"],
    ["a null section", { "public-resources": null }, "public-resources"],
    ["a text", "blueprint", ""],
  ])("is refused with %s, at its path", (_, document, path) => {
    expect(checkBlueprint(document)).toMatchObject({ ok: false, problems: [{ path }] });
  });

  it("names a domain once", () => {
    const web = { name: "Web", mode: "http", "full-domain": "a.example.com" };
    expect(checkBlueprint({ "public-resources": { a: web, b: web } })).toMatchObject({
      ok: false,
      problems: [{ path: "b.full-domain" }],
    });
  });

  it("merges the older names of its sections, the newer winning", () => {
    const web = { name: "Web", mode: "http", "full-domain": "a.example.com" };
    const check = checkBlueprint({
      "proxy-resources": { a: web, b: { ...web, "full-domain": "b.example.com" } },
      "public-resources": { a: { ...web, name: "New" } },
    });
    expect(check).toMatchObject({
      ok: true,
      blueprint: { publicResources: { a: { name: "New" }, b: { name: "Web" } } },
    });
  });
});

describe("templates in a blueprint", () => {
  it("are filled in keys, quoted, unquoted and mixed scalars", () => {
    const yaml =
      'public-resources:\n  r-{{env.SN}}:\n    name: "x {{ env.SN }} {{foo.BAR}}"\n    proxy-port: {{env.PORT}}\n    enabled: {{env.ON}}\n';
    expect(readBlueprint(yaml, { SN: "42", PORT: "8080", ON: "true" })).toEqual({
      "public-resources": { "r-42": { name: "x 42 {{foo.BAR}}", "proxy-port": 8080, enabled: true } },
    });
  });

  it("cannot change the document, whatever the value", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (value) => {
        expect(readBlueprint('public-resources: { web: { name: "{{env.V}}" } }', { V: value })).toEqual({
          "public-resources": { web: { name: value } },
        });
      }),
    );
  });

  it("do not move the place that an error names", () => {
    expect(() => readBlueprint('a: "{{env.A_LONG_NAME}}"\nb: {{env.X}}: c: d', {})).toThrow(
      expect.objectContaining({ code: "FB1006", what: expect.stringContaining("line 2") }),
    );
  });

  it.each(["- a list", "text", ""])("belong to a map of sections, not to %j", (yaml) => {
    expect(() => readBlueprint(yaml, {})).toThrow(expect.objectContaining({ code: "FB1006" }));
  });
});

it("the example blueprint is valid and becomes the JSON that a site sends", () => {
  const yaml = readFileSync(new URL("../../examples/blueprints/bootstrap.yaml", import.meta.url), "utf8");
  const sent: unknown = JSON.parse(blueprintJson(yaml, { SERIAL_NUMBER: "SN42" }));
  expect(checkBlueprint(sent)).toMatchObject({ ok: true, warnings: [] });
  expect(Object.keys(parse(yaml))).toEqual(Object.keys(sent ?? {}));
});
