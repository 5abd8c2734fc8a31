import { CommandResult, type Frame } from "../../../protocol/edgeflow/frame.js";
import type { World } from "../../../world/world.js";

export interface Command {
  readonly action: string;
  readonly payload?: Readonly<Record<string, unknown>> | undefined;
}

export type CommandOutcome = CommandResult | "offline" | "timeout";

/** Commands of one device, one outstanding at a time: a burst of them crashes devices in the field (PROTOCOLS D4). */
export class CommandQueue {
  readonly #world: World;
  readonly #send: (frame: Frame) => void;
  #last: Promise<unknown> = Promise.resolve();
  #outstanding: { readonly id: string; readonly settle: (outcome: CommandOutcome) => void } | undefined;
  #ended = false;

  constructor(world: World, send: (frame: Frame) => void) {
    this.#world = world;
    this.#send = send;
  }

  /** Sends a command when those before it are done; the time for its answer starts then. */
  run(command: Command, timeoutMs: number): Promise<CommandOutcome> {
    const outcome = this.#last.then(() => this.#runNow(command, timeoutMs));
    this.#last = outcome;
    return outcome;
  }

  /** Takes a device's response; one that nobody waits for any more is dropped. */
  answer({ id, status, data, error }: Frame): void {
    const result = CommandResult.safeParse({ status, data, error });
    if (result.success && id === this.#outstanding?.id) this.#outstanding?.settle(result.data);
  }

  /** The tunnel is gone: nobody will answer. */
  end(): void {
    this.#ended = true;
    this.#outstanding?.settle("offline");
  }

  #runNow({ action, payload }: Command, timeoutMs: number): Promise<CommandOutcome> {
    return new Promise((resolve) => {
      if (this.#ended) return resolve("offline");
      const id = `cmd-${this.#world.random.bytes(8).toString("hex")}`;
      const timer = this.#world.clock.after(timeoutMs, () => settle("timeout"));
      const settle = (outcome: CommandOutcome): void => {
        timer.cancel();
        this.#outstanding = undefined;
        resolve(outcome);
      };
      this.#outstanding = { id, settle };
      this.#send({ type: "command", id, action, payload: payload ?? {} });
    });
  }
}
