import type { BlueprintMode, DeviceEvent, StopReason } from "../src/device/event.js";
import { reasonOf } from "../src/error.js";
import type { Timer } from "../src/world/clock.js";
import type { World } from "../src/world/world.js";
import { type Agent, createAgent } from "./agent.js";
import type { Box } from "./box.js";
import { DeviceLog } from "./device-log.js";
import { History } from "./history.js";
import type { DeviceSpec } from "./spec.js";

/** How a start went: the device is ready, or its agent ended before it was and nothing starts it again. */
export type Outcome = "ready" | "ended";

/** What a virtual device needs of its run. */
export interface DeviceContext {
  box(spec: DeviceSpec): Box;
  /** Milliseconds since the start of the run. */
  now(): number;
  after(ms: number, fn: () => void): Timer;
  observe(device: VirtualDevice, event: DeviceEvent, at: number): void;
}

interface Life {
  readonly agent: Agent;
  readonly world: World;
}

/** When a supervisor starts a program again that came down by a fault of its own, where the persona has no word on it. */
const afterCrashMs = 5_000;

/** A device that lives one life after the other from its own disk. */
export class VirtualDevice {
  /** Beyond the limit of its key or code: it should be refused. */
  readonly surplus: boolean;
  readonly history = new History();
  readonly log = new DeviceLog();
  /** What an EdgeFlow device has called itself. */
  readonly deviceIds = new Set<string>();
  /** The blueprints that the server took. */
  readonly applied = new Set<BlueprintMode>();
  lives = 0;
  online = false;
  /** Ready once at least: online, and each of its blueprints answered. */
  enrolled = false;
  /** Was asked for its health, and answered. */
  asked = false;
  answered = false;
  /** Was listed as pending when the operator approved. */
  listed = false;
  /** Ready again after a restart. */
  restarted = false;
  /** The server has given it a place at an exit node, once at least. */
  tunnelled = false;
  #life: Life | undefined;
  #restart: Timer | undefined;
  readonly #answered = new Set<BlueprintMode>();
  readonly #box: Box;
  #settle: (outcome: Outcome) => void = () => {};
  #calmDown: () => void = () => {};

  constructor(
    readonly spec: DeviceSpec,
    private readonly context: DeviceContext,
  ) {
    this.surplus = spec.surplus;
    this.#box = context.box(spec);
  }

  /**
   * Starts a new life, and the next as the persona's supervisor does; a surplus device has none: one refusal says it all.
   * `outcome` resolves when the device is ready or has ended for good before it was, at the latest when it is stopped;
   * `calm` then too, or earlier when it first waits before it tries again.
   */
  start(): { readonly outcome: Promise<Outcome>; readonly calm: Promise<void> } {
    const calm = new Promise<void>((resolve) => {
      this.#calmDown = resolve;
    });
    const outcome = new Promise<Outcome>((resolve) => {
      this.#settle = (how) => {
        this.#calmDown();
        this.#settle = this.#calmDown = () => {};
        resolve(how);
      };
    });
    this.#boot();
    return { outcome, calm };
  }

  /** Stops politely and lets go of everything; a device that takes longer than `limitMs` is killed. */
  async stop(limitMs = 5_000): Promise<void> {
    const { agent } = this.#life ?? {};
    if (agent) {
      await new Promise<void>((resolve) => {
        const limit = this.context.after(limitMs, resolve);
        void agent.stop().then(() => {
          limit.cancel();
          resolve();
        });
      });
    }
    this.#end(({ world }) => world.process.kill());
  }

  /** Ends the life with the power. */
  kill(): void {
    this.#end(() => this.#box.cutPower());
  }

  #end(how: (life: Life) => void): void {
    this.#restart?.cancel();
    this.#leave(how);
    this.#settle("ended");
  }

  #boot(): void {
    const life = ++this.lives;
    const world = this.#box.boot(this.log);
    // A dead process may run on to its next wait; what it says then is not heard.
    const agent = createAgent(this.spec, world, (event) => life === this.lives && this.#life && this.#heard(event));
    this.#life = { agent, world };
    world.process.holds(() => this.#struck(life));
    void agent
      .run()
      .catch((error: unknown) => this.#broke(error, life))
      .then((reason) => this.#ended(life, reason));
  }

  #ended(life: number, { kind }: StopReason): void {
    if (life !== this.lives || !this.#life) return;
    this.#leave(({ world }) => world.process.kill());
    this.#calmDown();
    const { persona, surplus } = this.spec;
    const wait = persona.restartAfterMs ?? (kind === "crashed" ? afterCrashMs : undefined);
    if (wait === undefined || surplus) this.#settle("ended");
    else this.#restart = this.context.after(wait, () => this.#boot());
  }

  /** Something else ended the life. */
  #struck(life: number): void {
    if (life !== this.lives || !this.#life) return;
    this.#life = undefined;
    this.#wentOffline();
    this.#calmDown();
    this.#restart = this.context.after(this.#box.returnsAfterMs(), () => this.#boot());
  }

  #leave(how: (life: Life) => void): void {
    const life = this.#life;
    this.#life = undefined;
    if (life) how(life);
    this.#wentOffline();
  }

  #heard(event: DeviceEvent): void {
    const at = this.context.now();
    this.context.observe(this, event, at);
    if (event.type === "heartbeat") return;
    const id = this.#life?.agent.deviceId();
    if (id) this.deviceIds.add(id);
    this.history.add({ at, life: this.lives, event });
    if (event.type === "connected") this.online = true;
    if (event.type === "disconnected") this.online = false;
    if (event.type === "tunnel" && event.configured) this.tunnelled = true;
    if (event.type === "waiting") this.#calmDown();
    if (event.type === "blueprint") this.#blueprintAnswered(event.mode, event.success);
    if (this.online && this.#answered.size === this.spec.blueprints.size) {
      this.enrolled = true;
      this.#settle("ready");
    }
  }

  #blueprintAnswered(mode: BlueprintMode, success: boolean): void {
    this.#answered.add(mode);
    if (success) this.applied.add(mode);
  }

  /** The agent rejected: somebody has to mend something on this device. */
  #broke(error: unknown, life: number): StopReason {
    const reason: StopReason = { kind: "failed", step: "persist", reason: reasonOf(error) };
    if (life === this.lives) this.#heard({ type: "stopped", reason });
    return reason;
  }

  /** A killed device tells nothing of the channel it lost. */
  #wentOffline(): void {
    if (!this.online) return;
    this.#heard({ type: "disconnected", code: 1006, reason: "killed", ms: 0 });
  }
}
