import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ReattachableProvider, serveInProcess } from "../../src/terraform/index.js";
import { exampleProvider, ThingServer } from "./example-provider.js";
import { hasTerraform, Workspace } from "./workspace.js";

const header = `
terraform {
  required_providers {
    example = { source = "example/example" }
  }
}
`;
const thing = (body: string) => `${header}\nresource "example_thing" "a" {\n${body}\n}\n`;

describe.skipIf(!hasTerraform)("a resource under the real Terraform", () => {
  let server: ThingServer;
  let provider: ReattachableProvider;
  let workspace: Workspace;

  beforeEach(async () => {
    server = new ThingServer();
    provider = await serveInProcess(exampleProvider(server), "example/example");
    workspace = new Workspace({ TF_REATTACH_PROVIDERS: provider.reattach });
  });
  afterEach(async () => {
    await provider.close();
    workspace.remove();
  });

  const state = () => workspace.state("example_thing.a");

  it("is planned without effect, created once, and then has an empty plan", async () => {
    workspace.write(thing(`name = "one"`));
    const plan = await workspace.plan();
    expect(plan.status).toBe(2);
    expect(plan.output).toMatch(/\+ id += \(known after apply\)/);
    expect(plan.output).toMatch(/\+ zone += "north"/);
    expect(server.log).toEqual([]);
    await workspace.apply();
    expect(state()).toMatchObject({ id: "thing-1", name: "one", size: 1, label: null, zone: "north", revision: 1 });
    expect((await workspace.plan()).status).toBe(0);
    expect(server.log).toEqual(["create thing-1"]);
  });

  it("changes in place and keeps its stable values known", async () => {
    workspace.write(thing(`name = "one"`));
    await workspace.apply();
    workspace.write(thing(`name = "one"\nsize = 5\ntags = ["x", "y"]`));
    const { output } = await workspace.plan();
    expect(output).toContain("0 to add, 1 to change, 0 to destroy");
    expect(output).toMatch(/~ revision += 1 -> \(known after apply\)/);
    expect(output).not.toMatch(/~ id/);
    await workspace.apply();
    expect(state()).toMatchObject({ id: "thing-1", size: 5, tags: ["x", "y"], revision: 2 });
    expect((await workspace.plan()).status).toBe(0);
    expect(server.log).toEqual(["create thing-1", "update thing-1"]);
  });

  it("is replaced when an attribute says so", async () => {
    workspace.write(thing(`name = "one"`));
    await workspace.apply();
    workspace.write(thing(`name = "two"`));
    expect((await workspace.plan()).output).toMatch(/name += "one" -> "two" # forces replacement/);
    await workspace.apply();
    expect(server.log).toEqual(["create thing-1", "delete thing-1", "create thing-2"]);
  });

  it("is repaired after drift and made anew after its deletion by others", async () => {
    workspace.write(thing(`name = "one"\nlabel = "l"`));
    await workspace.apply();
    server.get("thing-1").label = "changed";
    expect((await workspace.plan()).output).toMatch(/~ label += "changed" -> "l"/);
    await workspace.apply();
    expect(server.get("thing-1").label).toBe("l");
    server.things.clear();
    expect((await workspace.plan()).output).toContain("1 to add, 0 to change, 0 to destroy");
    await workspace.apply();
    expect(state()).toMatchObject({ id: "thing-2" });
  });

  it("is imported with an empty plan after, and an unknown id is a clear error", async () => {
    const existing = server.create("one");
    existing.size = 3;
    workspace.write(thing(`name = "one"\nsize = 3`));
    const missing = await workspace.run("import", "-no-color", "example_thing.a", "thing-9");
    expect(missing.output).toContain('There is no example_thing "thing-9" to import');
    await workspace.ok("import", "example_thing.a", "thing-1");
    expect((await workspace.plan()).status).toBe(0);
  });

  it("is destroyed", async () => {
    workspace.write(thing(`name = "one"`));
    await workspace.apply();
    await workspace.ok("destroy", "-auto-approve");
    expect(server.things.size).toBe(0);
  });

  it("that was half created is remembered, tainted, and replaced by the next apply", async () => {
    workspace.write(thing(`name = "one"`));
    server.failing = "after";
    expect((await workspace.run("apply", "-auto-approve", "-no-color")).output).toContain("Error: Half a thing");
    expect(workspace.instances("example_thing.a")).toMatchObject([
      { status: "tainted", attributes: { id: "thing-1", name: "one", revision: null } },
    ]);
    server.failing = undefined;
    await workspace.apply();
    expect([...server.things.keys()]).toEqual(["thing-2"]);
  });

  it("that was not created at all leaves nothing in state", async () => {
    workspace.write(thing(`name = "one"`));
    server.failing = "before";
    const { output } = await workspace.run("apply", "-auto-approve", "-no-color");
    expect(output).toMatch(/Error: No room for things\n\n.*with example_thing\.a,\n.*in resource "example_thing" "a"/);
    expect(state()).toBeUndefined();
  });

  it("that is being created when the user stops is finished and remembered", async () => {
    workspace.write(thing(`name = "one"`));
    const { came, go } = server.holdNext();
    const { child, output, outcome } = workspace.start("apply", "-auto-approve", "-no-color");
    await came;
    child.kill("SIGINT");
    await expect.poll(output, { timeout: 5_000 }).toContain("Interrupt received");
    go();
    await outcome;
    expect(workspace.instances("example_thing.a")).toMatchObject([{ attributes: { id: "thing-1", revision: 1 } }]);
  });

  it("that is being read when the user stops is not waited for", async () => {
    workspace.write(thing(`name = "one"`));
    await workspace.apply();
    const { came } = server.holdNext();
    const { child, outcome } = workspace.start("plan", "-no-color");
    await came;
    child.kill("SIGINT");
    expect((await outcome).output).toContain("Stopped before the server answered");
  });

  it.each([
    ["size = 0", /Invalid value for "size"[\s\S]*size = 0[\s\S]*must be at least 1/],
    ["size = 9007199254740993", /has more digits than this attribute can hold/],
    [`tags = ["good", "not good"]`, /Invalid value for "tags"[\s\S]*must not hold a space/],
  ])("with %s is refused at the attribute", async (line, message) => {
    workspace.write(thing(`name = "one"\n${line}`));
    const { status, output } = await workspace.run("validate", "-no-color");
    expect(status).toBe(1);
    expect(output).toMatch(message);
  });

  it("whose value was unknown in the plan is still checked before it is created", async () => {
    workspace.write(
      `${thing(`name = "one"\nsize = terraform_data.zero.output`)}resource "terraform_data" "zero" {\n  input = 0\n}\n`,
    );
    const { output } = await workspace.run("apply", "-auto-approve", "-no-color");
    expect(output).toContain("must be at least 1");
    expect(server.log).toEqual([]);
  });

  it("warns without failing", async () => {
    workspace.write(thing(`name = "one"\nlabel = "one"`));
    expect(await workspace.apply()).toContain("Warning: A label that says nothing");
  });

  it.each([
    "9007199254740993",
    "18446744073709551616",
    "123456789012345678901234567890",
    "1e400",
    "0.1",
    "-9223372036854775808",
  ])("keeps every digit of %s", async (number) => {
    const body = `name = "one"\nprecise = ${number}\nanything = { n = ${number}, list = [true, null] }`;
    workspace.write(
      `${thing(body)}\noutput "same" {\n  value = example_thing.a.precise == ${number} && example_thing.a.anything.n == ${number}\n}\n`,
    );
    expect(await workspace.apply()).toContain("same = true");
    expect((await workspace.plan()).status).toBe(0);
  });

  it("says so when the provider's configuration is refused", async () => {
    workspace.write(`${thing(`name = "one"`)}\nprovider "example" {\n  door = "shut"\n}\n`);
    const { output } = await workspace.run("plan", "-no-color");
    expect(output).toMatch(/Error: The door is shut\n\n.*with provider\["registry.terraform.io\/example\/example"\],/);
    expect(output).toContain(`door = "shut"`);
  });

  it("can be planned while the provider's configuration is unknown", async () => {
    workspace.write(
      `${thing(`name = "one"`)}\nprovider "example" {\n  door = terraform_data.door.id\n}\nresource "terraform_data" "door" {}\n`,
    );
    expect((await workspace.plan()).output).toMatch(/\+ zone += \(known after apply\)/);
    await workspace.apply();
    expect(state()).toMatchObject({ zone: "north" });
  });
});
