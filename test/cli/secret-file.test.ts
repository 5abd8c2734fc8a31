import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { keepInFile } from "../../src/cli/secret-file.js";

let directory = "";
let file = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "firstboot-secret-"));
  file = join(directory, "codes.txt");
});
afterEach(() => rmSync(directory, { recursive: true }));

test("a secret goes into a new file that only its owner reads", async () => {
  expect(
    await keepInFile(
      file,
      async () => "made",
      (made) => `${made}\n`,
    ),
  ).toBe("made");
  expect(readFileSync(file, "utf8")).toBe("made\n");
  expect((statSync(file).mode & 0o777).toString(8)).toBe("600");
});

test("what exists is not replaced, and nothing is made that would be lost", async () => {
  writeFileSync(file, "old");
  const make = vi.fn(async () => "made");
  await expect(keepInFile(file, make, String)).rejects.toThrow(/it exists/);
  await expect(keepInFile(join(directory, "no/where"), make, String)).rejects.toMatchObject({
    code: "FB1002",
    why: "its directory does not exist",
  });
  await expect(keepInFile("", make, String)).rejects.toMatchObject({ code: "FB1002" });
  expect(make).not.toHaveBeenCalled();
  expect(readFileSync(file, "utf8")).toBe("old");
});

test("where nothing could be made no file is left", async () => {
  const refused = new Error("refused");
  await expect(keepInFile(file, () => Promise.reject(refused), String)).rejects.toBe(refused);
  expect(existsSync(file)).toBe(false);
});
