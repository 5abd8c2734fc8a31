import type { BoxId } from "../box.js";
import type { Observer } from "../event.js";
import type { Persona } from "../persona.js";
import type { PlainHttp } from "../plain-http.js";
import type { DeltaObserver } from "./cloud.js";
import type { Facts } from "./facts.js";
import type { Flows } from "./flows.js";
import type { Machine } from "./machine.js";
import type { KeySource } from "./vault/index.js";

interface CommonOptions {
  /** Path of the `.env` file. */
  readonly envFile: string;
  /** Where the device keeps its credentials; made if missing. */
  readonly stateDirectory: string;
  /** `edgeflow` if absent. */
  readonly persona?: Persona;
  readonly onEvent?: Observer;
  /** Of the box that the device runs on: a nonce made on another is not used. Boxes are not told apart if absent. */
  readonly box?: BoxId;
  /** What seals the credentials at rest; what the environment has, if absent. */
  readonly key?: KeySource;
  /** Where codes and credentials may go without TLS: to this machine itself alone, or anywhere, if absent. */
  readonly plainHttp?: PlainHttp;
  /** A device that has no credentials and no code, or is not enabled, waits to be steered, instead of ending with FB1005. */
  readonly waitsForCode?: boolean;
  /** The flows that it has; none if absent. */
  readonly flows?: Flows;
  /** Told of what is desired and not reported, whenever the shadow was read and has any. */
  readonly onDelta?: DeltaObserver;
}

/** A device on a machine, or one of which only a description is at hand. */
export type EdgeFlowOptions = CommonOptions & ({ readonly machine: Machine } | { readonly facts: Facts });
