import { type ChildProcess, execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { end, raise, wake } from "../mortal-plane/mortal-plane.js";

/** A control plane whose storage can be put into trouble and out of it again. */
export interface TroubledPlane {
  readonly url: string;
  begin(): void;
  cease(): void;
  /** Kills the process and lets go of all. */
  close(): Promise<void>;
}

type Start = (script: string, directory: string) => Promise<TroubledPlane>;

async function serve(child: ChildProcess, database: string): Promise<Pick<TroubledPlane, "url" | "close">> {
  return { url: await wake(child, database), close: () => end(child) };
}

/** A file system of its own, which is filled to the last byte. It goes with the namespace, which goes with the process. */
const inNamespace = [
  "unshare",
  "--map-root-user",
  "--mount",
  "sh",
  "-c",
  'mount -t tmpfs -o size=8m tmpfs "$0" && exec "$@"',
];

export const canMount = ((): boolean => {
  try {
    execFileSync("unshare", [...inNamespace.slice(1, 5), "mount -t tmpfs tmpfs /tmp"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

export const fullDisk: Start = async (script, directory) => {
  const child = raise(script, [...inNamespace, directory]);
  const plane = await serve(child, join(directory, "plane.db"));
  const filler = join(`/proc/${child.pid}/root`, directory, "filler");
  return {
    ...plane,
    begin() {
      for (let size = 1 << 20; size >= 1; size >>= 1) {
        try {
          for (;;) writeFileSync(filler, Buffer.alloc(size), { flag: "a" });
        } catch {
          // So much does not fit any more.
        }
      }
    },
    cease: () => rmSync(filler),
  };
};

/** A limit on the size of files, which no write to one can keep. */
export const fileSizeLimit: Start = async (script, directory) => {
  const child = raise(script);
  const plane = await serve(child, join(directory, "plane.db"));
  const limit = (size: string): void => {
    execFileSync("prlimit", ["--pid", String(child.pid), `--fsize=${size}:unlimited`]);
  };
  return { ...plane, begin: () => limit("0"), cease: () => limit("unlimited") };
};

/** Another process that writes and does not come to an end. */
export const lockedDatabase: Start = async (script, directory) => {
  const path = join(directory, "plane.db");
  const plane = await serve(raise(script), path);
  const other = new Database(path);
  return {
    ...plane,
    begin: () => void other.exec("begin immediate"),
    cease: () => void other.exec("rollback"),
    close: async () => {
      other.close();
      await plane.close();
    },
  };
};
