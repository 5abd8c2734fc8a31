import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { firstboot, scratch, type UpFacts, up } from "./command.js";

export interface LabKey {
  readonly siteProvisioningKeyId: string;
  readonly siteProvisioningKey: string;
}

/** A box: a directory with a config file, and the arguments of a site that lead there. */
export interface LabBox {
  readonly cwd: string;
  readonly file: string;
  readonly args: readonly string[];
  text(): string;
  json(): Record<string, unknown>;
}

/** A control plane, as it was built, and boxes around it. */
export class Lab {
  private constructor(
    readonly home: string,
    readonly facts: UpFacts,
    readonly stop: () => Promise<unknown>,
  ) {}

  static async open(): Promise<Lab> {
    const home = scratch();
    const { facts, stop } = await up(home);
    return new Lab(home, facts, () => stop());
  }

  /** What a command answers with `--json`. */
  async asked<T>(...args: string[]): Promise<T> {
    const { code, stdout, stderr } = await firstboot([...args, "--json"], { cwd: this.home });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return JSON.parse(stdout);
  }

  newKey(): Promise<LabKey> {
    return this.asked("keys", "create", "--name", "lab", "--max-usage", "9");
  }

  async usesOf({ siteProvisioningKeyId }: LabKey): Promise<number> {
    const { numUsed } = await this.asked<{ numUsed: number }>("keys", "show", siteProvisioningKeyId);
    return numUsed;
  }

  /** A box with a config file of this content, or with none. */
  box(config?: object | string): LabBox {
    const cwd = scratch();
    const file = join(cwd, "newt.json");
    if (config !== undefined) writeFileSync(file, typeof config === "string" ? config : JSON.stringify(config));
    const text = (): string => readFileSync(file, "utf8");
    return {
      cwd,
      file,
      args: ["site", "--config-file", file, "--ca", this.facts.ca],
      text,
      json: () => JSON.parse(text()),
    };
  }
}
