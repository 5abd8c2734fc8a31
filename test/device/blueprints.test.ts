import { expect, test } from "vitest";
import { Host } from "../../src/device/host.js";
import { Blueprints } from "../../src/device/newt/blueprints.js";
import { Bootstrap } from "../../src/device/newt/bootstrap.js";
import { hardened } from "../../src/device/persona.js";
import { VirtualWorld } from "../../src/world/virtual/index.js";

test("a session that opens while the last one's blueprint is still read sends each blueprint once, one by one", async () => {
  const virtual = new VirtualWorld({ seed: 1 });
  const sent = await virtual.run(async () => {
    const box = virtual.host("box");
    box.disk.put("declared.yaml", "public-resources: {}");
    box.disk.put("bootstrap.yaml", "private-resources: {}");
    const world = box.boot();
    const host = new Host(world, hardened, () => {});
    const files = { blueprintFile: "declared.yaml", provisioningBlueprintFile: "bootstrap.yaml" };
    const blueprints = new Blueprints(host, files, new Bootstrap(host, "state.json"));
    const sent: string[] = [];
    const note = (session: string) => (data: { readonly blueprint: string }) =>
      sent.push(`${session} ${data.blueprint}`);
    void blueprints.open(note("first"));
    void blueprints.open(note("second"));
    await world.clock.sleep(1_000);
    await blueprints.answered({ success: true });
    return sent;
  });
  expect(sent).toEqual(['second {"public-resources":{}}', 'second {"private-resources":{}}']);
});
