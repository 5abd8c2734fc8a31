import { Fn, TerraformStack, Testing } from "cdktf";
import { expect, test } from "vitest";
import {
  Blueprint,
  CustomerRollout,
  Duration,
  type NewtConfigProps,
  OnboardingArtifacts,
  ProvisioningCodes,
  type ProvisioningCodesProps,
  ProvisioningKey,
  type ProvisioningKeyProps,
} from "../../constructs/index.js";
import { FirstbootError } from "../../src/error.js";
import { recipient } from "./synth.js";

const identity = "AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ";
const endpoint = "https://app.example.com";
const week = Duration.days(7);
const key = (props: Partial<ProvisioningKeyProps>) => (stack: TerraformStack) =>
  new ProvisioningKey(stack, "it", { name: "acme", maxUsage: 10, ...props });
const codes = (props: Partial<ProvisioningCodesProps>) => (stack: TerraformStack) =>
  new ProvisioningCodes(stack, "it", { name: "batch", quantity: 10, ...props });
const validKey = (stack: TerraformStack) => new ProvisioningKey(stack, "key", { name: "acme", maxUsage: 10 });
const validCodes = (stack: TerraformStack) => new ProvisioningCodes(stack, "codes", { name: "batch", quantity: 10 });
const newt = (props: Partial<NewtConfigProps>) => (stack: TerraformStack) =>
  new OnboardingArtifacts(stack, "it").newtConfig({ endpoint, key: validKey(stack), ...props });
const customer = (sites: number) => (stack: TerraformStack) =>
  new CustomerRollout(stack, "it", { name: "acme", sites, endpoint });
const edgeflow = (server: string) => (stack: TerraformStack) =>
  new OnboardingArtifacts(stack, "it").edgeflowEnv({ server, codes: validCodes(stack) });

function refusal(build: (stack: TerraformStack) => unknown): FirstbootError {
  try {
    build(new TerraformStack(Testing.app(), "stack"));
  } catch (error) {
    if (error instanceof FirstbootError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

test.each([
  ["no uses", key({ maxUsage: 0 }), /maxUsage is 0; .*1 to 1000000 or "unlimited"/],
  ["fewer than no uses", key({ maxUsage: -1 }), /maxUsage is -1/],
  ["half a use", key({ maxUsage: 1.5 }), /maxUsage is 1.5/],
  ["uses that are no number", key({ maxUsage: Number.NaN }), /maxUsage is NaN/],
  ["more uses than a key may have", key({ maxUsage: 1_000_001 }), /maxUsage is 1000001/],
  ["a key without a name", key({ name: " " }), /the name is empty/],
  ["a name that ends in a space", key({ name: "acme " }), /space at an end/],
  ["a name that is a novel", key({ name: "x".repeat(256) }), /256 characters/],
  ["an expiry in the past", key({ expiresAt: new Date("2020-01-01") }), /2020-01-01T00:00:00.000Z, which is past/],
  ["an expiry that is no date", key({ expiresAt: new Date("soon") }), /expiresAt is not a date/],
  ["two expiries", key({ validFor: week, expiresAt: new Date("2999-01-01") }), /both given/],
  ["an expiry at once", key({ validFor: Duration.parse("20ms") }), /validFor is 20 ms/],
  ["an empty list of recipients", key({ ageRecipients: [] }), /empty list/],
  ["a recipient that is none", key({ ageRecipients: [recipient, "age1nonsense"] }), /number 2 of ageRecipients/],
  ["an identity for a recipient", key({ ageRecipients: [identity] }), /number 1 of ageRecipients/],
  ["no codes", codes({ quantity: 0 }), /quantity is 0; .*1 to 10000/],
  ["too many codes", codes({ quantity: 10_001 }), /quantity is 10001/],
  ["codes without a name", codes({ name: "" }), /the name is empty/],
  ["codes for an identity", codes({ ageRecipients: [identity] }), /number 1 of ageRecipients/],
  ["a customer without devices", customer(0), /sites is 0; give a whole number from 1 to 1000000$/],
  ["an endpoint without a scheme", newt({ endpoint: "app.example.com" }), /endpoint "app.example.com" is no URL/],
  ["an endpoint only Terraform knows", newt({ endpoint: Fn.upper("x") }), /endpoint is not known at synth/],
  ["a site name of nothing", newt({ name: "" }), /site name is empty/],
  ["a folder outside the bundle", newt({ folder: "../etc" }), /"..\/etc\/newt.json" is no path/],
  ["a folder at the root of the disk", newt({ folder: "/etc" }), /is no path/],
  ["a server with a scheme", edgeflow("https://saas.example.com"), /is no host:port/],
  ["a server that smuggles a line", edgeflow("saas.example.com\nX=1"), /is no host:port/],
])("%s: refused with the construct's path and the remedy", (_, build, message) => {
  const error = refusal(build);
  expect(error.code).toBe("FB1009");
  expect(error.message).toMatch(/^stack\/it: /);
  expect(error.message).toMatch(message);
  expect(error.fix).toBeTruthy();
  expect(error.message).not.toContain(identity);
});

test("two artefacts of one path are refused", () => {
  const error = refusal((stack) => {
    const artifacts = new OnboardingArtifacts(stack, "it");
    const config = { endpoint, key: validKey(stack), folder: "acme" };
    artifacts.newtConfig(config).newtConfig(config);
  });
  expect(error.line).toMatch(/^FB1009: stack\/it: two artefacts are called "acme\/newt.json"; give each/);
});

test("a file without a secret holds no place for one", () => {
  const yaml = "sites: {a: {name: '@@FIRSTBOOT_KEY@@'}}";
  const error = refusal((stack) => newt({ blueprint: Blueprint.fromYaml(stack, "blueprint", yaml) })(stack));
  expect(error.message).toContain("stands for a secret");
});

test.each([
  ["key", (stack: TerraformStack) => key({ ageRecipients: [recipient] })(stack).key],
  ["codes", (stack: TerraformStack) => codes({ ageRecipients: [recipient] })(stack).codes],
])("the plain %s of something sealed cannot be used", (_, use) => {
  expect(refusal(use).line).toMatch(/^FB1009: stack\/it: the plain .* OnboardingArtifacts/);
});
