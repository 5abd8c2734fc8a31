import { FirstbootError } from "../../error.js";
import type { World } from "../../world/world.js";
import type { Backoff } from "../backoff.js";
import type { BoxId } from "../box.js";
import { stayConnected } from "../connection.js";
import type { Observer, StopReason } from "../event.js";
import { tidy } from "../failure.js";
import { Host } from "../host.js";
import { hardened, type Persona } from "../persona.js";
import type { PlainHttp } from "../plain-http.js";
import { Blueprints } from "./blueprints.js";
import type { Prober } from "./health/prober.js";
import { SiteMemory } from "./memory.js";
import { provision, type SiteOverrides } from "./provision.js";
import { reread } from "./reload.js";
import { type NewtSession, openSession } from "./session.js";
import { VersionCheck } from "./version-check.js";

export interface SiteOptions {
  /** Path of the JSON config file. The device keeps small hidden files of its own beside it. */
  readonly configFile: string;
  /** `hardened` if absent. */
  readonly persona?: Persona;
  readonly overrides?: SiteOverrides;
  readonly onEvent?: Observer;
  /** Of the box that the site runs on: a nonce made on another is not used. Boxes are not told apart if absent. */
  readonly box?: BoxId;
  /** Looks at what health checks are about; over the World's network if absent. */
  readonly prober?: Prober;
  /** Where keys and credentials may go without TLS: to this machine itself alone, or anywhere, if absent. */
  readonly plainHttp?: PlainHttp;
}

/**
 * A site as newt is one: exchanges a provisioning key for credentials, keeps them, and holds a channel to the server. May
 * be killed at any moment with its World's process; a new one over the same disk goes on where this one was.
 */
export class NewtSite {
  readonly #host: Host;
  /** Since it has its credentials. */
  #memory: SiteMemory | undefined;
  #session: NewtSession | undefined;
  /** Of its channel, over restarts that the server asks for. */
  #backoff: Backoff | undefined;

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

  /** It has its credentials, and each of its blueprints was answered or could not be sent. */
  get isSettled(): boolean {
    return this.#memory?.blueprints.isSettled ?? false;
  }

  /**
   * Reads the config file again (PROTOCOLS A19): with another endpoint, id or secret the site begins anew from it, and
   * `blocked` holds from now on. A file that it could not boot from is told of and changes nothing.
   */
  async reload(): Promise<void> {
    const memory = this.#memory;
    if (!memory) {
      this.#host.notice("the config file is read again once the site has its credentials; start anew to use it before");
      return;
    }
    try {
      const reloaded = await reread(this.#host, this.options, memory.site);
      if (memory !== this.#memory) return;
      if (reloaded.restart) this.#startAnew();
      else memory.block(reloaded.isBlocked);
    } catch (error) {
      if (!(error instanceof FirstbootError)) throw error;
      this.#host.notice(`${tidy(error.message)}: nothing was changed`);
    }
  }

  /** Boots again for a person, who need not wait for what was before; after a goodbye where there is an open channel. */
  #startAnew(): void {
    this.#backoff = undefined;
    if (this.#session) this.#session.startAnew();
    else this.#host.reboot();
  }

  /** From reading the config file to a restart. */
  async #boot(): Promise<void> {
    const host = this.#host;
    const site = await provision(host, this.options);
    const blueprints = new Blueprints(host, site, site.bootstrap);
    const memory = new SiteMemory(host, site, blueprints, this.options.prober);
    const { versionCheck: when } = host.persona.site;
    const versionCheck = when && new VersionCheck(host, site, when);
    this.#memory = memory;
    blueprints.begin();
    try {
      await this.#stayConnected(memory);
    } finally {
      this.#memory = undefined;
      versionCheck?.end();
      memory.end();
      await blueprints.end();
    }
  }

  #stayConnected(memory: SiteMemory): Promise<void> {
    const host = this.#host;
    let { writeDown } = memory.site;
    const open = async (): Promise<NewtSession> => {
      const session = await openSession(host, memory);
      this.#session = session;
      void session.closed.then(() => {
        this.#session = undefined;
      });
      await writeDown?.();
      writeDown = undefined;
      return session;
    };
    this.#backoff ??= host.backoff(host.persona.reconnect);
    return stayConnected(host, open, this.#backoff);
  }
}
