import { NullProvider } from "@cdktf/provider-null/lib/provider/index.js";
import { Resource } from "@cdktf/provider-null/lib/resource/index.js";
import { expect, test } from "vitest";
import {
  Blueprint,
  CustomerRollout,
  Duration,
  OnboardingArtifacts,
  ProvisioningCodes,
  ProvisioningKey,
} from "../../constructs/index.js";
import { recipient, synth } from "./synth.js";

const endpoint = "https://app.example.com";
const name = "acme";

test("a key says only what was said", () => {
  const { resource } = synth((stack) => new ProvisioningKey(stack, "key", { name, maxUsage: "unlimited" }));
  expect(resource.firstboot_provisioning_key?.key).toEqual({
    "//": expect.anything(),
    name,
    approve_new_sites: true,
  });
});

test("limits reach the provider in its own units", () => {
  const { resource } = synth((stack) => {
    const expiresAt = new Date("2999-12-31T23:00:00Z");
    const newSites = "pending";
    new ProvisioningKey(stack, "key", { name, maxUsage: 5, expiresAt, newSites, ageRecipients: [recipient], org: "o" });
    new ProvisioningCodes(stack, "codes", { name, quantity: 7, validFor: Duration.hours(1), org: "o" });
  });
  expect(resource.firstboot_provisioning_key?.key).toMatchObject({
    max_usage: 5,
    expires_at: "2999-12-31T23:00:00.000Z",
    approve_new_sites: false,
    age_recipients: [recipient],
    org: "o",
  });
  expect(resource.firstboot_provisioning_code?.codes).toMatchObject({ quantity: 7, ttl: "3600s", org: "o" });
});

test("expiry counted from the creation leaves no date of the synthesis in the plan", () => {
  const { resource } = synth(
    (stack) => new ProvisioningKey(stack, "key", { name, maxUsage: 1, validFor: Duration.days(7) }),
  );
  expect(resource.firstboot_provisioning_key?.key).toMatchObject({ expires_in: "604800s" });
  expect(resource.firstboot_provisioning_key?.key).not.toHaveProperty("expires_at");
});

test("a customer of its own has an output of its own, with a key sized for the devices", () => {
  const { resource, output } = synth((stack) => {
    const blueprint = Blueprint.fromYaml(stack, "blueprint", "sites: {}");
    new CustomerRollout(stack, "c", { name, sites: 3, endpoint, siteName: "{{env.SN}}-edge", blueprint });
  });
  expect(Object.values(resource.firstboot_provisioning_key ?? {})).toMatchObject([{ max_usage: 3, name }]);
  const [artifacts, ...others] = Object.values(output);
  expect(others).toEqual([]);
  expect(artifacts?.value).toMatchObject({
    firstbootArtifacts: 1,
    files: [
      { path: "acme/newt.json", mode: "0600" },
      { path: "acme/blueprint.yaml", mode: "0644", template: "sites: {}" },
    ],
  });
});

test("a governing blueprint and one for the first boot go into their own keys of the configuration", () => {
  const { output } = synth((stack) => {
    const key = new ProvisioningKey(stack, "key", { name, maxUsage: 1 });
    const blueprint = Blueprint.fromYaml(stack, "always", "sites: {}", { fileName: "always.yaml" });
    const provisioningBlueprint = Blueprint.fromYaml(stack, "once", "sites: {}", { fileName: "once.yaml" });
    new OnboardingArtifacts(stack, "all").newtConfig({ endpoint, key, blueprint, provisioningBlueprint });
  });
  const files = output.all?.value;
  expect(files).toMatchObject({ files: [{ path: "newt.json" }, { path: "once.yaml" }, { path: "always.yaml" }] });
  expect(JSON.stringify(files)).toContain('\\"provisioningBlueprintFile\\": \\"once.yaml\\"');
  expect(JSON.stringify(files)).toContain('\\"blueprintFile\\": \\"always.yaml\\"');
});

test.each([
  ["sealed", { ageRecipients: [recipient] }, undefined],
  ["plain", {}, true],
])("an output with %s secrets is sensitive only if it must be", (_, sealing, sensitive) => {
  const { output } = synth((stack) => {
    const codes = new ProvisioningCodes(stack, "codes", { name, quantity: 2, ...sealing });
    new OnboardingArtifacts(stack, "all").edgeflowEnv({ server: "saas.example.com:443", codes });
  });
  expect(output.all?.sensitive).toBe(sensitive);
  expect(JSON.stringify(output).includes(".sealed_codes}")).toBe(sensitive === undefined);
  expect(JSON.stringify(output).includes(".codes)}")).toBe(sensitive === true);
});

test("constructs live beside another provider's resources, which see a key's id and never the key", () => {
  const { resource } = synth((stack) => {
    new NullProvider(stack, "null");
    const key = new ProvisioningKey(stack, "key", { name, maxUsage: 1 });
    new Resource(stack, "note", { triggers: { key: key.keyId } });
  });
  expect(resource.null_resource?.note).toMatchObject({
    triggers: { key: expect.stringMatching(/^.{2}firstboot_provisioning_key\.key\.id}$/) },
  });
  expect(JSON.stringify(resource.null_resource)).not.toContain(".key.key");
});
