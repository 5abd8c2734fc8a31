import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { parseEnvFile } from "../../src/device/edgeflow/env-file.js";
import { liveDevice } from "./support/edgeflow.js";
import { box, closeAll } from "./support/life.js";

afterEach(closeAll);

const name = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,20}$/);
const value = fc.string({ unit: "binary" }).filter((text) => !text.includes("\n") && !text.includes("\r"));
const quoted = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;

test("any value survives double quotes", () => {
  fc.assert(
    fc.property(fc.dictionary(name, value), (variables) => {
      const lines = Object.entries(variables).map(([key, text]) => `export ${key}=${quoted(text)} # why`);
      expect(parseEnvFile(lines.join("\n"), ".env")).toEqual({ ...variables });
    }),
  );
});

test("a text of lines is variables or one FB1005 with the line, never anything else", () => {
  const line = fc.oneof(fc.string(), fc.constantFrom("# c", "", "A=1", "export B='x y'", 'C="1\\n2" # c', "D=a#b"));
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      try {
        for (const text of Object.values(parseEnvFile(lines.join("\n"), ".env"))) expect(text).toBeTypeOf("string");
      } catch (error) {
        expect(error).toMatchObject({ code: "FB1005", what: expect.stringMatching(/^\.env: line \d+ /) });
      }
    }),
  );
});

test.each([
  ["A=1", { A: "1" }],
  ["  export A = b c  # comment", { A: "b c" }],
  ["A=a#b", { A: "a#b" }],
  ["A=", { A: "" }],
  ["A='$x \\n'", { A: "$x \\n" }],
  ['A="a\\tb\\"c"', { A: 'a\tb"c' }],
  ["A=1\r\nA=2\r\n", { A: "2" }],
])("%j is read", (text, variables) => {
  expect(parseEnvFile(text, ".env")).toEqual(variables);
});

test.each(["A", "1A=2", "A='b", 'A="b" c', "A=it's"])("%j is refused with its line", (line) => {
  expect(() => parseEnvFile(`\n${line}`, ".env")).toThrow(/\.env: line 2 /);
});

const enabled = "EDGEFLOW_SAAS_ENABLED=true\n";
test.each([
  ["no file", undefined, ".env"],
  ["a device that is not enabled", "EDGEFLOW_SAAS_URL=h:1", "EDGEFLOW_SAAS_ENABLED"],
  ["no server", enabled, "EDGEFLOW_SAAS_URL is missing"],
  ["a server with a scheme", `${enabled}EDGEFLOW_SAAS_URL=https://h:1`, "without a scheme"],
  ["neither code nor credentials", `${enabled}EDGEFLOW_SAAS_URL=h:1`, "EDGEFLOW_PROVISIONING_CODE"],
])("%s is one clear error", async (_, text, named) => {
  const disk = box();
  if (text !== undefined) disk.write(".env", text);
  const error = await liveDevice(disk.boot()).end.catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "FB1005" });
  expect(String(error)).toContain(named);
});
