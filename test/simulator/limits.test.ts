import { describe, expect, it } from "vitest";
import { checkOpenFiles, openFileLimit } from "../../simulator/limits.js";
import { realWorld } from "../../src/world/real/index.js";
import { changed } from "../changed.js";

const { disk } = realWorld();
const table = (soft: string): Buffer =>
  Buffer.from(
    `Limit  Soft Limit  Hard Limit  Units\nMax open files            ${soft}                20000                files\n`,
  );

describe("the open-file limit", () => {
  it("refuses a fleet that cannot fit, with the remedy", async () => {
    const small = changed(disk, { read: async () => table("1024") });
    await expect(checkOpenFiles(small, 448)).resolves.toBeUndefined();
    await expect(checkOpenFiles(small, 449)).rejects.toMatchObject({
      code: "FB1001",
      fix: 'raise it with "ulimit -n 1026" or run at most 448 devices',
    });
  });

  it("is read from the kernel's table, where there is one", async () => {
    expect(openFileLimit(table("20000").toString())).toBe(20_000);
    expect(openFileLimit(table("unlimited").toString())).toBeUndefined();
    await expect(checkOpenFiles(changed(disk, { read: async () => undefined }), 1e9)).resolves.toBeUndefined();
  });
});
