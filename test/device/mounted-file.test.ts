import { afterEach, describe, expect, it } from "vitest";
import { changed } from "../changed.js";
import { box, closeAll, key, live, serve } from "./support/life.js";
import { registerPath } from "./support/newt.js";

afterEach(closeAll);

function refusing(code: string): () => Promise<never> {
  return () => Promise.reject(Object.assign(new Error(`${code}: as the system says it`), { code }));
}

describe("a config file that is mounted by itself", () => {
  it("is told of before a use of the key is spent, with what to do, and no secret is left beside it", async () => {
    const server = await serve();
    const disk = box();
    const config = { endpoint: server.url, provisioningKey: key };
    disk.write("newt.json", config);
    const world = disk.boot();
    const { end } = live({ ...world, disk: changed(world.disk, { rename: refusing("EBUSY") }) });
    await expect(end).rejects.toMatchObject({ code: "FB1002", fix: expect.stringContaining("mount its directory") });
    expect(server.asked(registerPath)).toEqual([]);
    expect(disk.files()).toEqual(["newt.json"]);
    expect(JSON.parse(disk.read("newt.json"))).toEqual(config);
  });

  it("serves a site that has its credentials", async () => {
    const server = await serve();
    const disk = box();
    disk.write("newt.json", { endpoint: server.url, id: "a", secret: "b", provisioningKey: key });
    const world = disk.boot();
    const { site, diary } = live({ ...world, disk: changed(world.disk, { rename: refusing("EBUSY") }) });
    await diary.happened("connected");
    await site.stop();
    expect(disk.files()).toEqual(["newt.json"]);
  });
});
