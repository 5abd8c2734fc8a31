import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { parseConfig, provisioned, renderConfig, scrubbed } from "../../src/device/newt/config.js";
import { FirstbootError } from "../../src/error.js";
import { box, closeAll, live } from "./support/life.js";

afterEach(closeAll);

const bootstrapKeys = ["provisioningKey", "name", "tlsClientCert", "id", "secret", "endpoint"];
const unknownKeys = fc.dictionary(
  fc.string({ unit: "binary" }).filter((key) => !bootstrapKeys.includes(key)),
  fc.jsonValue({ maxDepth: 3 }),
);
const site = { id: "abcdefghij12345", secret: "s3cr3t", endpoint: "https://app.example.com" };

test("an exchange rewrites only what it must: every unknown key and value is kept", () => {
  fc.assert(
    fc.property(unknownKeys, (others) => {
      const raw = { ...others, endpoint: "https://old.example.com", provisioningKey: "spk-x.y", name: "n" };
      const kept = JSON.parse(renderConfig(provisioned(raw, site)));
      expect(kept).toEqual(JSON.parse(JSON.stringify({ ...others, ...site })));
      expect(Object.getOwnPropertyNames(kept)).toHaveLength(Object.getOwnPropertyNames(others).length + 3);
    }),
  );
});

test("what is written is read again as it was, and written the same", () => {
  fc.assert(
    fc.property(unknownKeys, (others) => {
      const text = renderConfig(others);
      expect(renderConfig(JSON.parse(text))).toBe(text);
    }),
  );
});

test("keys are in order at every depth, also those that look like numbers", () => {
  expect(renderConfig({ b: 1, "10": { z: [], a: {} }, "9": null })).toBe(`{
  "10": {
    "a": {},
    "z": []
  },
  "9": null,
  "b": 1
}`);
});

test.each([
  ["broken JSON", `{"endpoint":"https://a.example",\n"provisioningKey":"spk-secret.part"`, "newt.json is not JSON"],
  ["a list", "[]", "newt.json is not a JSON object"],
  ["a wrong type", `{"endpoint":"https://a.example","mtu":"1280"}`, '"mtu"'],
  ["a missing endpoint", `{"provisioningKey":"spk-secret.part"}`, '"endpoint" is missing'],
  ["an endpoint that is no URL", `{"endpoint":"app.example.com","provisioningKey":"spk-secret.part"}`, '"endpoint"'],
  ["neither key nor credentials", `{"endpoint":"https://a.example"}`, "provisioningKey"],
])("%s is one clear error and the file is untouched", async (_, text, named) => {
  const disk = box();
  disk.write("newt.json", text);
  const error = await live(disk.boot()).end.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(FirstbootError);
  expect(error).toMatchObject({ code: "FB1005" });
  expect(String(error)).toContain("newt.json");
  expect(String(error)).toContain(named);
  expect(String(error)).not.toContain("spk-secret");
  expect(disk.read("newt.json")).toBe(text);
  expect(disk.files()).toEqual(["newt.json"]);
});

test("a blank file is an empty one", () => {
  expect(parseConfig(" \n", "newt.json")).toEqual({ raw: {}, file: {} });
});

test.each([
  ['{"secret":"hush",\n"mtu": }', 2],
  ['{"secret":"hush"\n\n"mtu": 1}', 3],
  ["{'secret': 1}", 1],
  ['{\n"a": 1,\n"b": tru,\n"c": 2\n}', 3],
  ['{"a": 1}\n\n}', 3],
  ['{\n"a": [1, 2,\n"b', 3],
])("broken JSON is named by its line, and not quoted: %j", (text, line) => {
  expect(() => parseConfig(text, "newt.json")).toThrow(`newt.json is not JSON; line ${line}; mend`);
  expect(() => parseConfig(text, "newt.json")).not.toThrow("hush");
});

test("what an exchange takes out goes in whatever case it is written", () => {
  const raw = { ProvisioningKey: "spk-x.y", NAME: "n", ID: "old", mine: 1 };
  expect(provisioned(raw, site)).toEqual({ mine: 1, ...site });
  expect(scrubbed({ PROVISIONINGKEY: "spk-x.y", name: "n" })).toEqual({ name: "n" });
});
