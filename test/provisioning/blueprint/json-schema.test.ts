import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blueprintJsonSchema, checkBlueprint, type JsonSchema } from "../../../src/provisioning/blueprint/index.js";
import { keysOf } from "../../../src/provisioning/blueprint/keys.js";
import { BlueprintShape } from "../../../src/provisioning/blueprint/schema/document.js";
import { blueprint } from "./arbitrary.js";
import { bare } from "./cases.js";
import { fits } from "./fits-schema.js";
import { host, model, places, raw, shell, target, web } from "./places.js";

const schema = blueprintJsonSchema();
const definitions = schema.$defs ?? {};
const isFit = (document: unknown) => fits(document, schema, schema);
const publicly = (entry: unknown) => ({ "public-resources": { a: entry } });
const privately = (entry: unknown) => ({ "private-resources": { a: entry } });

/** The schemas in a schema: of its keys, its items, and what it may be. */
function schemasIn(value: unknown): unknown[] {
  return typeof value === "object" && value !== null ? [value, ...Object.values(value).flatMap(schemasIn)] : [];
}

function hasKeys(value: unknown): value is JsonSchema & Required<Pick<JsonSchema, "properties">> {
  return (
    typeof value === "object" && value !== null && "properties" in value && "type" in value && value.type === "object"
  );
}

/** The objects that have keys of their own. */
const objects = schemasIn(schema).filter(hasKeys);

describe("the JSON Schema of blueprints", () => {
  it("says what it is", () => {
    expect(schema).toMatchObject({ $schema: "https://json-schema.org/draft/2020-12/schema", title: "Blueprint" });
    expect(schema.description).toMatch(/\w/);
  });

  it("has examples that fit it, and a strict check", () => {
    expect(schema.examples).toHaveLength(1);
    for (const example of schema.examples ?? []) {
      expect(isFit(example)).toBe(true);
      const filled: unknown = JSON.parse(JSON.stringify(example).replaceAll("{{env.SERIAL_NUMBER}}", "SN42"));
      expect(checkBlueprint(filled, { strict: true })).toMatchObject({ ok: true, warnings: [] });
    }
  });

  it("has every key of every place, each with its description", () => {
    for (const [name, { shape }] of Object.entries(places)) {
      const keys = Object.keys(shape.shape).sort();
      const found = objects.find(
        ({ properties }) => JSON.stringify(Object.keys(properties).sort()) === JSON.stringify(keys),
      );
      expect(found, name).toBeDefined();
    }
    for (const { properties } of objects) {
      for (const [key, field] of Object.entries(properties)) {
        const { $ref, description } = typeof field === "object" ? field : {};
        const named = $ref && definitions[$ref.replace("#/$defs/", "")];
        expect(description ?? (typeof named === "object" ? named.description : undefined), key).toMatch(/\w/);
      }
    }
    expect([...(keysOf(BlueprintShape).fields?.keys() ?? [])]).toEqual(Object.keys(schema.properties ?? {}));
  });

  it("lets editors mark keys that are not known", () => {
    for (const object of objects) expect(object.additionalProperties).toBe(false);
    expect(isFit(publicly({ ...web, fullDomain: "a.b" }))).toBe(false);
    expect(isFit({ "public-resource": {} })).toBe(false);
  });

  it("marks older names, and only those", () => {
    const old = objects.flatMap(({ properties }) =>
      Object.entries(properties).flatMap(([key, field]) =>
        typeof field === "object" && field.deprecated ? [key] : [],
      ),
    );
    expect([...new Set(old)].sort()).toEqual([
      "client-resources",
      "followRedirects",
      "protocol",
      "proxy-resources",
      "rewritePath",
      "site",
      "sites",
      "unhealthyInterval",
    ]);
  });

  it("tells defaults", () => {
    expect(definitions.Target).toMatchObject({
      properties: { priority: { default: 100 }, enabled: { default: true } },
    });
    expect(definitions.PrivateResource).toMatchObject({
      properties: { "tcp-ports": { default: "*" }, roles: { default: [] } },
    });
  });

  it("fits any document that a strict check accepts", () => {
    fc.assert(
      fc.property(blueprint, (document) => {
        expect(isFit(JSON.parse(JSON.stringify(document)))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it.each<[string, unknown]>([
    ["a section that is null", { "public-resources": null }],
    ["a public resource without a name", publicly({ mode: "tcp", "proxy-port": 1 })],
    ["a public resource without a mode", publicly({ name: "a" })],
    ["http without a domain", publicly({ name: "a", mode: "http" })],
    ["http by its older name without a domain", publicly({ name: "a", protocol: "http" })],
    ["inference without a domain", publicly({ name: "a", mode: "inference" })],
    ["tcp without a port", publicly({ name: "a", mode: "tcp" })],
    ["tcp with auth", publicly({ ...raw, auth: {} })],
    ["an http target without a method", publicly({ ...web, targets: [null, bare] })],
    ["a tcp target with a method", publicly({ ...raw, targets: [target] })],
    ["a target of inference", publicly({ ...model, targets: [bare] })],
    ["providers beside http", publicly({ ...web, "ai-providers": [{ provider: "a" }] })],
    ["the PROXY protocol beside http", publicly({ ...web, "proxy-protocol": false })],
    ["a remote daemon without a port", publicly({ ...shell, "auth-daemon": { mode: "remote" } })],
    ["models that are inherited", publicly({ ...model, "ai-providers": [{ provider: "a", models: ["b"] }] })],
    ["a host without a destination", privately({ name: "a", mode: "host" })],
    ["a shell with a daemon and no destination", privately({ name: "a", mode: "ssh", "auth-daemon": {} })],
    ["providers beside a host", privately({ ...host, "ai-providers": [{ provider: "a" }] })],
    ["a port that is a text", publicly({ ...raw, "proxy-port": "1" })],
    ["a policy without a name", { "public-policies": { a: {} } }],
  ])("does not fit %s", (_, document) => {
    expect(isFit(document)).toBe(false);
    expect(checkBlueprint(document).ok).toBe(false);
  });

  it.each<[string, unknown]>([
    ["targets alone", publicly({ targets: [bare, target, null] })],
    ["nothing alone", publicly({})],
    ["an older mode that does not count", publicly({ ...raw, protocol: "http" })],
    ["a shell without a daemon and a destination", privately({ name: "a", mode: "ssh" })],
  ])("fits %s", (_, document) => {
    expect(isFit(document)).toBe(true);
    expect(checkBlueprint(document).ok).toBe(true);
  });
});
