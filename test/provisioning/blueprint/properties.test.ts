import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Blueprint, checkBlueprint } from "../../../src/provisioning/blueprint/index.js";
import { type Keys, keysOf } from "../../../src/provisioning/blueprint/keys.js";
import { kinds } from "../../../src/provisioning/blueprint/kinds.js";
import { BlueprintShape } from "../../../src/provisioning/blueprint/schema/document.js";
import { blueprint } from "./arbitrary.js";

/** A normal form as the document that it is. */
const documentOf = ({ policies, publicResources, privateResources }: Blueprint) => ({
  "public-policies": policies,
  "public-resources": publicResources,
  "private-resources": privateResources,
});

describe("any document that a strict check accepts", () => {
  it("is accepted without strict too, and means the same", () => {
    fc.assert(
      fc.property(blueprint, (document) => {
        const strict = checkBlueprint(document, { strict: true });
        expect(strict).toMatchObject({ ok: true });
        expect(checkBlueprint(document)).toEqual(strict);
      }),
      { numRuns: 300 },
    );
  });
});

describe("the normal form", () => {
  it("is its own normal form, as an object and as JSON", () => {
    fc.assert(
      fc.property(blueprint, (document) => {
        const first = checkBlueprint(document);
        if (!first.ok) throw new Error("the document does not fit");
        const again = checkBlueprint(JSON.parse(JSON.stringify(documentOf(first.blueprint))), { strict: true });
        expect(again).toMatchObject({ ok: true });
        if (again.ok) expect(again.blueprint).toStrictEqual(first.blueprint);
      }),
      { numRuns: 300 },
    );
  });
});

describe("documents made at random", () => {
  /** Takes out of what is missing the keys that a value has. */
  function strike(missing: Set<string>, { fields, items }: Keys, value: unknown, at: string): void {
    if (items && Array.isArray(value)) for (const item of value) strike(missing, items, item, at);
    if (!fields || typeof value !== "object" || value === null) return;
    for (const [key, below] of Object.entries(value)) {
      missing.delete(`${at}.${key}`);
      strike(missing, fields.get(key) ?? {}, below, `${at}.${key}`);
    }
  }

  const namesOf = ({ fields, items }: Keys, at: string): string[] => [
    ...(items ? namesOf(items, at) : []),
    ...[...(fields ?? [])].flatMap(([key, below]) => [`${at}.${key}`, ...namesOf(below, `${at}.${key}`)]),
  ];

  it("have every key that there is", () => {
    const sections = Object.values(kinds).flatMap(({ section, olderSection, keys }) =>
      [section, olderSection ?? section].map((name) => ({ name, keys })),
    );
    const missing = new Set(sections.flatMap(({ name, keys }) => namesOf(keys, name)));
    for (const document of fc.sample(blueprint, { numRuns: 1000, seed: 1 })) {
      const parts = new Map<string, unknown>(Object.entries(document));
      for (const { name, keys } of sections) {
        for (const entry of Object.values(parts.get(name) ?? {})) strike(missing, keys, entry, name);
      }
    }
    expect([...missing]).toEqual([]);
  });

  it("have both names of each section", () => {
    const used = fc.sample(blueprint, { numRuns: 50, seed: 1 }).flatMap(Object.keys);
    expect([...new Set(used)].sort()).toEqual([...(keysOf(BlueprintShape).fields?.keys() ?? [])].sort());
  });
});
