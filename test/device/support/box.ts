import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { realWorld } from "../../../src/world/real/index.js";
import type { Env, World } from "../../../src/world/world.js";

/** A device's disk: a directory that outlives the device's lives. */
export class Box {
  readonly path = mkdtempSync(join(tmpdir(), "firstboot-device-"));
  readonly #worlds: World[] = [];

  constructor(private readonly env: Env = {}) {}

  /** A new life over the same disk. */
  boot(parts: Partial<World> = {}): World {
    const world = { ...realWorld({ root: this.path, env: this.env }), ...parts };
    this.#worlds.push(world);
    return world;
  }
  write(name: string, content: string | object, mode = 0o600): void {
    const text = typeof content === "string" ? content : JSON.stringify(content);
    writeFileSync(join(this.path, name), text, { mode });
  }
  read(name: string): string {
    return readFileSync(join(this.path, name), "utf8");
  }
  mode(name: string): number {
    return statSync(join(this.path, name)).mode & 0o777;
  }
  /** Names of all files below. */
  files(): string[] {
    return readdirSync(this.path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.path.length + 1))
      .sort();
  }
  /** All that is on the disk. */
  everything(): string {
    return this.files()
      .map((name) => this.read(name))
      .join("\n");
  }
  discard(): void {
    for (const world of this.#worlds) world.process.kill();
    rmSync(this.path, { recursive: true, force: true });
  }
}
