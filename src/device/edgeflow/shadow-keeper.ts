import { type Alarm, type Bell, isoTime } from "../../world/clock.js";
import { StepFailed } from "../failure.js";
import type { Host } from "../host.js";
import type { ShadowClient } from "./cloud.js";
import { agentVersion } from "./commands.js";

/** How often a device looks at its shadow (PROTOCOLS C5), milliseconds. */
const lookEveryMs = 300_000;

/** A poll of the shadow. */
class Poll implements Bell {
  readonly #alarm: Alarm;

  constructor(
    { world }: Host,
    private readonly keeper: ShadowKeeper,
  ) {
    this.#alarm = world.clock.alarm(this);
    this.#alarm.set(lookEveryMs);
  }

  ring(): void {
    this.#alarm.set(lookEveryMs);
    void this.keeper.look();
  }

  end(): void {
    this.#alarm.cancel();
  }
}

/** What a device has to do with its shadow, beside its tunnel: a failure is only told. */
export class ShadowKeeper {
  readonly #polls: Poll[] = [];
  #isOver = false;

  constructor(
    private readonly host: Host,
    private readonly client: ShadowClient,
  ) {}

  /** At each connect: reads the shadow, reports that the device is there, and looks again from time to time. */
  async begin(): Promise<void> {
    this.#polls.push(new Poll(this.host, this));
    const now = `${isoTime(this.host.world.clock.now()).slice(0, 19)}Z`;
    await this.look();
    await this.#attempt(() => this.client.report({ agent_version: agentVersion, last_updated: now, online: true }));
  }

  look(): Promise<void> {
    return this.#attempt(() => this.client.get());
  }

  /** The tunnel is gone. The code in the field goes on looking, and once more with each connect (PROTOCOLS D4, 46). */
  rest(): void {
    if (this.host.persona.device.leaksHeartbeats) return;
    this.#end();
  }

  /** The device has nothing more to do with this shadow. */
  end(): void {
    this.#isOver = true;
    this.#end();
  }

  #end(): void {
    for (const poll of this.#polls.splice(0)) poll.end();
  }

  async #attempt(call: () => Promise<unknown>): Promise<void> {
    if (this.#isOver) return;
    try {
      await call();
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      if (!this.#isOver) this.host.failed(error);
    }
  }
}
