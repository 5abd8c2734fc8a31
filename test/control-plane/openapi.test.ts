import { expect, test } from "vitest";
import { endpoints } from "../../src/control-plane/http/app.js";
import { openApi } from "../../src/control-plane/http/openapi.js";

const described = openApi(endpoints, "1.2.3");

/** Every object anywhere in the description. */
function objectsIn(value: unknown): object[] {
  if (typeof value !== "object" || value === null) return [];
  return [value, ...Object.values(value).flatMap(objectsIn)];
}

function valuesOf(name: string): unknown[] {
  return objectsIn(described).flatMap((found) =>
    Object.entries(found)
      .filter(([key]) => key === name)
      .map(([, value]) => value),
  );
}

test("every operation has a name of its own that a program can be made from", () => {
  const ids = valuesOf("operationId");
  expect(ids).toHaveLength(endpoints.length);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => !/^[a-z][A-Za-z]+$/.test(String(id)))).toEqual([]);
  expect(ids).toEqual(
    expect.arrayContaining(["getOrgSiteByNiceId", "putOrgSiteProvisioningKey", "postAuthNewtRegister"]),
  );
});

test("every parameter of a path is declared, and every reference resolves", () => {
  for (const { spec } of endpoints) {
    const wanted = [...spec.path.matchAll(/:(\w+)/g)].map(([, name]) => name);
    const path = spec.path.replace(/:(\w+)/g, "{$1}");
    expect(described).toHaveProperty(["paths", path, spec.method]);
    const declared = wanted.map((name) => expect.objectContaining({ name, in: "path", required: true }));
    expect(described).toHaveProperty(["paths", path, spec.method, "parameters"], expect.arrayContaining(declared));
  }
  const references = valuesOf("$ref").map(String);
  expect(references.length).toBeGreaterThan(0);
  for (const reference of references) expect(described).toHaveProperty(reference.split("/").slice(1));
});

test("both exchanges take a nonce, and nothing else does", () => {
  const taking = endpoints.filter(({ spec }) =>
    JSON.stringify(
      openApi(
        [...endpoints].filter((one) => one.spec === spec),
        "1",
      ),
    ).includes("firstboot-nonce"),
  );
  expect(taking.map(({ spec }) => spec.path)).toEqual(["/api/v1/auth/newt/register", "/api/v1/devices/provision"]);
});
