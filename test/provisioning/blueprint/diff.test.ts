import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Blueprint,
  checkBlueprint,
  diffBlueprint,
  type FieldDifference,
} from "../../../src/provisioning/blueprint/index.js";
import { blueprint } from "./arbitrary.js";

function normal(document: unknown): Blueprint {
  const check = checkBlueprint(document);
  if (!check.ok) throw new Error(check.problems.map(({ path, message }) => `${path.join(".")}: ${message}`).join("\n"));
  return check.blueprint;
}

const nothing = normal({});
const target = (changes = {}) => ({ hostname: "10.0.0.1", port: 80, method: "http", ...changes });
const web = (changes = {}) =>
  normal({ "public-resources": { web: { name: "Web", mode: "http", "full-domain": "a.example.com", ...changes } } });
const ssh = (changes = {}) =>
  normal({ "private-resources": { ssh: { name: "SSH", mode: "host", destination: "10.0.0.1", ...changes } } });

const fieldsOf = (before: Blueprint, after: Blueprint): readonly FieldDifference[] => {
  const changes = diffBlueprint(after, before);
  expect(changes.every(({ action }) => action === "update")).toBe(true);
  return changes.flatMap(({ fields }) => fields);
};

describe("the difference between a document and a server", () => {
  it("is nothing where the server is as the document says", () => {
    fc.assert(
      fc.property(blueprint, (document) => {
        const wanted = normal(document);
        expect(diffBlueprint(wanted, wanted)).toEqual([]);
        expect(diffBlueprint(wanted, JSON.parse(JSON.stringify(wanted)))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it("is one of each resource that is not there, in the order in which they are applied", () => {
    const wanted = normal({
      "private-resources": { ssh: { name: "SSH", mode: "ssh" } },
      "public-resources": { web: { name: "Web", mode: "http", "full-domain": "a.example.com" } },
      "public-policies": { staff: { name: "Staff" } },
    });
    expect(diffBlueprint(wanted, nothing).map(({ action, kind, niceId }) => `${action} ${kind} ${niceId}`)).toEqual([
      ...["create policy staff", "create public web", "create private ssh"],
    ]);
    expect(diffBlueprint(nothing, wanted)).toEqual([]);
  });

  it("is found in each change of any document, and only there", () => {
    fc.assert(
      fc.property(blueprint, blueprint, (one, other) => {
        const [before, after] = [normal(one), normal(other)];
        const named = new Set(diffBlueprint(after, before).map(({ kind, niceId }) => `${kind} ${niceId}`));
        for (const niceId of Object.keys(after.policies)) {
          const same = JSON.stringify(after.policies[niceId]) === JSON.stringify(before.policies[niceId]);
          if (same) expect(named).not.toContain(`policy ${niceId}`);
        }
        for (const niceId of Object.keys(after.privateResources)) {
          if (!Object.hasOwn(before.privateResources, niceId)) expect(named).toContain(`private ${niceId}`);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("tells of a creation what is not the default, its targets and all", () => {
    const wanted = web({
      targets: [target({ healthcheck: { hostname: "a", port: 1 } })],
      auth: { password: "secret" },
    });
    expect(diffBlueprint(wanted, nothing)).toEqual([
      {
        ...{ action: "create", kind: "public", niceId: "web" },
        fields: expect.arrayContaining([
          { path: "name", before: undefined, after: "Web" },
          { path: "full-domain", before: undefined, after: "a.example.com" },
          { path: "targets", before: undefined, after: [target({ healthcheck: { hostname: "a", port: 1 } })] },
          { path: "auth", before: undefined, after: { password: "********" } },
        ]),
      },
    ]);
    const paths = diffBlueprint(wanted, nothing).flatMap(({ fields }) => fields.map(({ path }) => path));
    for (const path of ["enabled", "ssl", "rules", "labels"]) expect(paths).not.toContain(path);
  });

  it("tells of a creation nothing that its mode brings along", () => {
    const wanted = normal({
      "public-resources": { db: { name: "DB", mode: "tcp", "proxy-port": 5432 } },
      "private-resources": {
        wiki: { name: "Wiki", mode: "http", destination: "10.0.0.1", "full-domain": "wiki.example.com" },
        ssh: { name: "SSH", mode: "ssh", destination: "10.0.0.1" },
        other: { name: "SSH", mode: "ssh", destination: "10.0.0.1", "destination-port": 2222, "tcp-ports": "" },
      },
    });
    const paths = diffBlueprint(wanted, nothing).map(({ fields }) => fields.map(({ path }) => path).sort());
    expect(paths).toEqual([
      ["mode", "name", "proxy-port"],
      ["destination", "full-domain", "mode", "name"],
      ["destination", "mode", "name"],
      ["destination", "destination-port", "mode", "name", "tcp-ports"],
    ]);
  });

  it.each([
    ["a field", web(), web({ name: "Other" }), [["name", "Web", "Other"]]],
    ["a field that is gone", web({ "host-header": "a" }), web(), [["host-header", "a", undefined]]],
    [
      "a field below another",
      web({ auth: {} }),
      web({ auth: { "sso-enabled": true } }),
      [["auth.sso-enabled", false, true]],
    ],
    ["a whole part", web({ auth: { "sso-roles": ["A"] } }), web(), [["auth", { "sso-roles": ["A"] }, undefined]]],
    ["roles in another order", ssh({ roles: ["A", "B"] }), ssh({ roles: ["B", "A"] }), []],
    ["users in another order", ssh({ users: ["a", "b"] }), ssh({ users: ["b", "a"] }), []],
    ["machines in another order", ssh({ machines: ["a", "b"] }), ssh({ machines: ["b", "a"] }), []],
    ["sites in another order", ssh({ sites: ["a", "b"] }), ssh({ sites: ["b", "a"] }), []],
    ["labels in other letters", ssh({ labels: ["a", "B"] }), ssh({ labels: ["b", "A"] }), []],
    ["roles in other letters", ssh({ roles: ["a"] }), ssh({ roles: ["A"] }), [["roles", ["a"], ["A"]]]],
    ["a role more", ssh({ roles: ["A"] }), ssh({ roles: ["A", "B"] }), [["roles", ["A"], ["A", "B"]]]],
    [
      "a target's field",
      web({ targets: [target(), target({ port: 81 })] }),
      web({ targets: [target(), target({ port: 82 })] }),
      [["targets[1].port", 81, 82]],
    ],
    [
      "targets that change places",
      web({ targets: [target({ port: 1 }), target({ port: 2 })] }),
      web({ targets: [target({ port: 2 }), target({ port: 1 })] }),
      [
        ["targets[0].port", 1, 2],
        ["targets[1].port", 2, 1],
      ],
    ],
    ["a target more", web({ targets: [] }), web({ targets: [target()] }), [["targets[0]", undefined, target()]]],
    ["a target less", web({ targets: [target()] }), web(), [["targets[0]", target(), undefined]]],
    ["targets as they are", web({ targets: [target(), target()] }), web({ targets: [null, null] }), []],
    ["a target that is none", web(), web({ targets: [null] }), []],
    [
      "rules in another order",
      web({ rules: [rule(1, "allow"), rule(2, "deny")] }),
      web({ rules: [rule(2, "deny"), rule(1, "allow")] }),
      [],
    ],
    [
      "a rule of the same priority",
      web({ rules: [rule(1, "allow"), rule(7, "deny")] }),
      web({ rules: [rule(7, "pass"), rule(1, "allow")] }),
      [["rules[priority=7].action", "deny", "pass"]],
    ],
    [
      "a rule of another priority",
      web({ rules: [rule(1, "allow")] }),
      web({ rules: [rule(2, "allow")] }),
      [
        ["rules[priority=2]", undefined, rule(2, "allow")],
        ["rules[priority=1]", rule(1, "allow"), undefined],
      ],
    ],
    [
      "headers in another order",
      web({ headers: [header("a"), header("b")] }),
      web({ headers: [header("b"), header("a")] }),
      [["headers", [header("a"), header("b")], [header("b"), header("a")]]],
    ],
    [
      "a secret",
      web({ auth: { password: "old", pincode: 111_111 } }),
      web({ auth: { password: "new", "basic-auth": { user: "u", password: "p" } } }),
      [
        ["auth.password", "********", "********"],
        ["auth.basic-auth", undefined, { user: "u", password: "********" }],
        ["auth.pincode", "********", undefined],
      ],
    ],
  ])("is told by path for %s", (_, before, after, differences) => {
    const wanted: readonly unknown[] = differences;
    const fields: unknown[] = fieldsOf(before, after).map(({ path, before, after }) => [path, before, after]);
    expect(fields).toEqual(expect.arrayContaining([...wanted]));
    expect(fields).toHaveLength(wanted.length);
  });

  it("is that of the targets alone, if the document names nothing else", () => {
    const after = normal({ "public-resources": { web: { targets: [target({ port: 81 })] } } });
    expect(fieldsOf(web({ targets: [target()], ssl: false }), after)).toEqual([
      { path: "targets[0].port", before: 80, after: 81 },
    ]);
  });

  it("is never a secret", () => {
    const before = normal({ "public-policies": { p: { name: "P", password: "top-secret", pincode: "012345" } } });
    const after = normal({
      "public-policies": {
        p: { name: "P", password: "top-secret-2", "basic-auth": { user: "user", password: "top-secret-3" } },
      },
    });
    expect(JSON.stringify([diffBlueprint(after, before), diffBlueprint(after, nothing)])).not.toMatch(
      /top-secret|012345/,
    );
    expect(fieldsOf(before, after)).toHaveLength(3);
  });
});

function rule(priority: number, action: string) {
  return { action, match: "ip", value: "10.0.0.1", priority };
}

function header(name: string) {
  return { name, value: "1" };
}
