import { reasonOf } from "../../error.js";
import type { Alarm, Bell } from "../../world/clock.js";
import { tidy } from "../failure.js";
import type { Host } from "../host.js";
import type { SiteHabits } from "../persona.js";
import { askVersion } from "./api.js";
import type { Site } from "./provision.js";

type When = NonNullable<SiteHabits["versionCheck"]>;

/** Asks now and then whether there is a newer version (PROTOCOLS A7). Nothing follows from the answer. */
export class VersionCheck implements Bell {
  readonly #alarm: Alarm;

  constructor(
    private readonly host: Host,
    private readonly site: Site,
    private readonly when: When,
  ) {
    this.#alarm = host.world.clock.alarm(this);
    this.#alarm.set(when.afterMs);
  }

  ring(): void {
    const { host, site } = this;
    this.#alarm.set(this.when.everyMs);
    askVersion(host, site.endpoint, site.identity).catch((error: unknown) =>
      host.world.log.debug("version not checked", { reason: tidy(reasonOf(error)) }),
    );
  }

  end(): void {
    this.#alarm.cancel();
  }
}
