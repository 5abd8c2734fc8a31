import type { BlueprintMode } from "../src/device/event.js";
import type { Persona } from "../src/device/persona.js";
import type { DeviceFile } from "./files.js";
import type { Identity } from "./identity.js";

/** Paths of the blueprints among a device's files. */
export type BlueprintPaths = ReadonlyMap<BlueprintMode, string>;

/** A device of a run before it lives. */
export interface DeviceSpec {
  /** `population/index`, for example `north/0007`. */
  readonly name: string;
  readonly population: string;
  readonly kind: "newt" | "edgeflow";
  readonly index: number;
  readonly identity: Identity;
  readonly persona: Persona;
  /** Absolute, or relative to the run's world. */
  readonly directory: string;
  /** What the device receives before its first boot. */
  readonly files: readonly DeviceFile[];
  readonly blueprints: BlueprintPaths;
  /** Beyond the limit of its key or code: it should be refused. */
  readonly surplus: boolean;
}
