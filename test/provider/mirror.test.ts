import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { installProvider } from "../../src/provider/index.js";

let folder: string;
let bundle: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mirror-"));
  bundle = join(folder, "terraform-provider-firstboot_v1.2.3.cjs");
  writeFileSync(bundle, "#!/usr/bin/env node\n");
});
afterEach(() => rmSync(folder, { recursive: true }));

const files = (directory: string) =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

describe("an installation of the provider", () => {
  it("is an unpacked mirror for both registries, executable, with a configuration that names it", async () => {
    const { cliConfigFile, mirror, version } = await installProvider({ directory: join(folder, "out"), bundle });
    expect(version).toBe("1.2.3");
    for (const host of ["registry.terraform.io", "registry.opentofu.org"]) {
      const script = join(
        mirror,
        host,
        `firstboot/firstboot/1.2.3/${process.platform}_amd64/terraform-provider-firstboot_v1.2.3.cjs`,
      );
      expect(readFileSync(script, "utf8")).toBe("#!/usr/bin/env node\n");
      expect(statSync(script).mode & 0o777).toBe(0o755);
    }
    expect(readFileSync(cliConfigFile, "utf8")).toContain(JSON.stringify(mirror));
  });

  it("can be repeated, takes over a new build, and leaves nothing else behind", async () => {
    const options = { directory: join(folder, "out"), bundle };
    const first = await installProvider(options);
    const before = files(first.mirror);
    writeFileSync(bundle, "new");
    expect(await installProvider(options)).toEqual(first);
    expect(files(first.mirror)).toEqual(before);
    for (const file of before) expect(readFileSync(file, "utf8")).toBe("new");
    expect(readdirSync(join(folder, "out")).sort()).toEqual(["mirror", "terraform.tfrc"]);
  });

  it("into a place that cannot be written is one FB1002", async () => {
    const blocked = join(folder, "file");
    writeFileSync(blocked, "");
    await expect(installProvider({ directory: join(blocked, "out"), bundle })).rejects.toMatchObject({
      code: "FB1002",
      message: expect.stringContaining("ENOTDIR"),
    });
  });

  it("of something that is not the script, or not there, is one FB1002", async () => {
    const directory = join(folder, "out");
    await expect(installProvider({ directory, bundle: join(folder, "x.cjs") })).rejects.toMatchObject({
      code: "FB1002",
    });
    rmSync(bundle);
    await expect(installProvider({ directory, bundle })).rejects.toMatchObject({ code: "FB1002" });
  });
});
