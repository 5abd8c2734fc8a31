import { expect, test } from "vitest";
import { NewtSite } from "../../src/device/index.js";
import { startVirtualControlPlane, supervise, VirtualWorld } from "../../src/testing/index.js";
import type { Disk } from "../../src/world/disk.js";
import type { World } from "../../src/world/world.js";

/** A World whose process dies right after its disk has done what is fatal. */
function dyingAfter(world: World, isFatal: (did: "rename" | "remove", path: string) => boolean): World {
  const { disk, process } = world;
  const die = (did: "rename" | "remove", path: string) => () => {
    if (isFatal(did, path)) process.kill();
  };
  const fatal: Disk = {
    read: (path) => disk.read(path),
    write: (path, data, options) => disk.write(path, data, options),
    fsync: (path) => disk.fsync(path),
    fsyncDirectory: (path) => disk.fsyncDirectory(path),
    rename: (from, to) => disk.rename(from, to).then(die("rename", to)),
    remove: (path) => disk.remove(path).then(die("remove", path)),
    makeDirectory: (path) => disk.makeDirectory(path),
    list: (path) => disk.list(path),
    stat: (path) => disk.stat(path),
    watch: (path, changed) => disk.watch(path, changed),
  };
  return { ...world, disk: fatal };
}

test("a site that is killed while it stores its credentials, and while it tidies up, keeps them over a power loss", async () => {
  const virtual = new VirtualWorld({ seed: 1 });
  const outcome = await virtual.run(async () => {
    const plane = await startVirtualControlPlane(virtual);
    const { siteProvisioningKey } = await plane.client.createKey(plane.org, { name: "acme", maxBatchSize: 1 });
    const box = virtual.host("box");
    box.disk.put("newt.json", JSON.stringify({ endpoint: plane.url, provisioningKey: siteProvisioningKey }), 0o600);
    let stored = 0;
    let lives = 0;
    const fatal: ((did: "rename" | "remove", path: string) => boolean)[] = [
      // The first tries whether the file can be written, the second has the credentials.
      (did, path) => did === "rename" && path === "newt.json" && ++stored === 2,
      (did, path) => did === "remove" && path === ".newt.json.nonce",
    ];
    const main = (world: World) => {
      const isFatal = fatal[lives++] ?? (() => false);
      return new NewtSite(dyingAfter(world, isFatal), { configFile: "newt.json" }).run();
    };
    supervise(virtual, box, main, { restartAfterMs: 100 });
    await plane.operator.clock.sleep(60_000);
    const before = box.disk.get("newt.json")?.toString();
    box.losePower();
    await plane.operator.clock.sleep(180_000);
    const online = (await plane.client.listSites(plane.org)).map((site) => site.online);
    return { lives, before, after: box.disk.get("newt.json")?.toString(), online };
  });
  expect(outcome.lives).toBe(4);
  expect(JSON.parse(outcome.before ?? "{}")).toMatchObject({ secret: expect.any(String) });
  expect(outcome.after).toBe(outcome.before);
  expect(outcome.online).toEqual([true]);
});
