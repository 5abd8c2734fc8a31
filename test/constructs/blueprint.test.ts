import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { TerraformStack, Testing } from "cdktf";
import { expect, test } from "vitest";
import { Blueprint, type BlueprintOptions } from "../../constructs/index.js";
import { withScratch } from "./scratch.js";

const newStack = () => new TerraformStack(Testing.app(), "stack");
const fromYaml = (yaml: string, options?: BlueprintOptions) => Blueprint.fromYaml(newStack(), "it", yaml, options);
const web = (target: string) => `
public-resources:
  "web-{{env.SERIAL_NUMBER}}":
    name: Web
    mode: http
    full-domain: "{{env.SERIAL_NUMBER}}.example.com"
    targets: [{ hostname: 127.0.0.1, method: http, ${target} }]
`;

test("templates are filled with samples for the check, and stay as they are for the devices", () => {
  const yaml = web("port: 80");
  expect(fromYaml(yaml).yaml).toBe(yaml);
});

test("variables that have different names do not clash", () => {
  const yaml = ["A_1", "B_2"].map(
    (name) => `  r-{{env.${name}}}: {name: x, mode: host, destination: h, alias: "{{env.${name}}}.x"}`,
  );
  expect(() => fromYaml(`private-resources:\n${yaml.join("\n")}`)).not.toThrow();
});

test("a sample may be given where a word does not fit", () => {
  const yaml = web("port: {{env.WEB_PORT}}");
  expect(() => fromYaml(yaml)).toThrow(/targets\[0\]\.port: /);
  expect(() => fromYaml(yaml, { sampleEnv: { WEB_PORT: "8080" } })).not.toThrow();
});

test("a document that does not fit is refused with the construct's path, every problem's place and the remedy", () => {
  const yaml = web("port: 99999").replace("    name: Web\n", "");
  expect(() => fromYaml(yaml)).toThrow(
    expect.objectContaining({
      code: "FB1006",
      message: expect.stringMatching(
        /^stack\/it: blueprint.yaml is no blueprint; .*line 3, column 3: .*web-serial-number\.name: .*line 6, column 58: .*targets\[0\]\.port: .*; mend the YAML/,
      ),
    }),
  );
});

test("what is not YAML is refused with its line and column, all of it", () => {
  const yaml = "public-resources:\n  a: *x\n  b: *y\n";
  expect(() => fromYaml(yaml)).toThrow(/^stack\/it: .*blueprint.yaml, line 2, column 6: .*line 3, column 6: /);
});

test("of very many problems the first are told, and how many there are", () => {
  const targets = Array.from({ length: 50 }, () => "      - { hostname: a, port: 0, method: http }\n").join("");
  const yaml = `public-resources:\n  web:\n    name: Web\n    mode: http\n    full-domain: a.example.com\n    targets:\n${targets}`;
  expect(() => fromYaml(yaml)).toThrow(
    /targets\[19\]\.port: (?!.*targets\[20\]).*and 30 more; `firstboot blueprint check`/,
  );
});

test("a key without effect becomes a warning of the construct, with its place", () => {
  const { metadata } = fromYaml(web("port: 80, tpyo: 1")).node;
  expect(metadata.map(({ data }) => data)).toEqual([
    expect.stringMatching(/^blueprint.yaml, line 7, column 62: .*targets\[0\]\.tpyo: /),
  ]);
});

test("a file keeps its name; one that is missing is named", () => {
  withScratch((directory) => {
    const file = join(directory, "first.yaml");
    writeFileSync(file, web("port: 80"));
    expect(Blueprint.fromFile(newStack(), "it", file).fileName).toBe("first.yaml");
    expect(() => Blueprint.fromFile(newStack(), "it", `${file}.bak`)).toThrow(/^stack\/it: .*first.yaml.bak .*ENOENT/);
  });
});
