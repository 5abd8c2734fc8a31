import { describe, expect, it } from "vitest";
import type { BlueprintKind } from "../../../src/provisioning/blueprint/index.js";
import { ordered } from "./cases.js";
import { host, raw, verdictOf, web } from "./places.js";

describe("the normal form", () => {
  const normalOf = (kind: BlueprintKind, entry: unknown) => verdictOf(kind, entry, false).normal;

  it.each<[BlueprintKind, string, unknown, object]>([
    ["public", "of targets alone is its targets alone", { targets: [null] }, { targets: [null] }],
    ["public", "of nothing is targets alone", {}, { targets: [] }],
    ["public", "fills in the PROXY protocol of tcp", raw, { "proxy-protocol": false, "proxy-protocol-version": 1 }],
    [
      "public",
      "gives each rule its priority",
      { ...web, rules: ordered(undefined, 9, undefined) },
      { rules: [{ priority: 1 }, { priority: 9 }, { priority: 3 }] },
    ],
    ["public", "leaves Admin out", { ...web, auth: { "sso-roles": ["Admin", "a"] } }, { auth: { "sso-roles": ["a"] } }],
    ["private", "leaves Admin out", { ...host, roles: ["Admin"] }, { roles: [] }],
    ["private", "takes both names of sites together", { ...host, site: "a", sites: ["b", "a"] }, { sites: ["a", "b"] }],
    ["private", "of a shell has the port of ssh", { ...host, mode: "ssh" }, { "destination-port": 22 }],
    [
      "private",
      "of a page is the web's",
      { ...host, mode: "http", "tcp-ports": "22", "disable-icmp": false },
      { ssl: true, "tcp-ports": "443,80", "udp-ports": "", "disable-icmp": true },
    ],
    [
      "private",
      "of models has TLS",
      { name: "a", mode: "inference", ssl: false },
      { ssl: false, "disable-icmp": true },
    ],
    ["policy", "applies the rules that it has", { name: "a", rules: ordered(1) }, { "apply-rules": true }],
    ["policy", "leaves Admin out", { name: "a", "sso-roles": ["Admin"] }, { "sso-roles": [] }],
  ])("%s: %s", (kind, _, entry, normal) => {
    expect(normalOf(kind, entry)).toMatchObject(normal);
  });

  it("of a host has every default and nothing else", () => {
    expect(normalOf("private", host)).toStrictEqual({
      ...{ name: "SSH", mode: "host", destination: "10.0.0.1", sites: [], enabled: true },
      ...{ "tcp-ports": "*", "udp-ports": "*", "disable-icmp": false },
      ...{ roles: [], users: [], machines: [], labels: [], "ai-providers": [], "ai-budget": [] },
    });
  });

  it("of a web page has every default and nothing else", () => {
    expect(normalOf("public", { name: "Web", protocol: "http", "full-domain": "a.b" })).toStrictEqual({
      ...{ name: "Web", mode: "http", "full-domain": "a.b", targets: [], enabled: true, ssl: true },
      ...{ headers: [], rules: [], labels: [], "ai-providers": [], "ai-budget": [] },
    });
  });

  it("of a shell without a destination has no port", () => {
    expect(normalOf("private", { name: "a", mode: "ssh" })).not.toHaveProperty("destination-port");
  });
});
