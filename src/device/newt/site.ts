import type { World } from "../../world/world.js";
import { stayConnected } from "../connection.js";
import type { Observer, StopReason } from "../event.js";
import { Host } from "../host.js";
import { hardened, type Persona } from "../persona.js";
import { Blueprints } from "./blueprints.js";
import { provision, type SiteOverrides } from "./provision.js";
import { openSession, type SiteMemory } from "./session.js";

export interface SiteOptions {
  /** Path of the JSON config file. The device keeps small hidden files of its own beside it. */
  readonly configFile: string;
  /** `hardened` if absent. */
  readonly persona?: Persona;
  readonly overrides?: SiteOverrides;
  readonly onEvent?: Observer;
}

/**
 * A site as newt is one: exchanges a provisioning key for credentials, keeps them, and holds a channel to the server. May
 * be killed at any moment with its World's process; a new one over the same disk goes on where this one was.
 */
export class NewtSite {
  readonly #host: Host;

  constructor(
    world: World,
    private readonly options: SiteOptions,
  ) {
    this.#host = new Host(world, options.persona ?? hardened, options.onEvent ?? (() => {}));
  }

  /**
   * Lives until stopped, or until there is no use in going on. Rejects with a `FirstbootError` for a configuration
   * (FB1005) or a file (FB1002) that a person has to mend.
   */
  run(): Promise<StopReason> {
    return this.#host.live(() => this.#boot());
  }

  /** Ends the life in good order; resolves when `run` has. */
  stop(): Promise<void> {
    return this.#host.end();
  }

  /** From reading the config file to a restart that the server asks for. */
  async #boot(): Promise<void> {
    const host = this.#host;
    const site = await provision(host, this.options.configFile, this.options.overrides ?? {});
    const blueprints = new Blueprints(host, site, site.bootstrap);
    await blueprints.begin();
    try {
      const memory: SiteMemory = { site, blueprints, configVersion: 0 };
      await stayConnected(host, () => openSession(host, memory));
    } finally {
      blueprints.end();
    }
  }
}
