// A file takes its name before its content is safe: a power loss in between leaves a part of it, or nothing, in its place.
import { dirname } from "node:path/posix";
import type * as durable from "../../../../src/world/durable.js";
import { type Mutant, replaced } from "./mutant.js";

const writeHastily: typeof durable.writeDurably = async (disk, path, data, mode = 0o600) => {
  const temporary = `${path}.new`;
  await disk.remove(temporary);
  await disk.write(temporary, data, { mode });
  await disk.rename(temporary, path);
  await disk.fsync(path);
  await disk.fsyncDirectory(dirname(path));
};

export const renameBeforeFsync: Mutant = {
  name: "a rename before its fsync",
  breaks: /^enrolled == 100%/,
  modules: [replaced<typeof durable>("src/world/durable.ts", () => ({ writeDurably: writeHastily }))],
};
