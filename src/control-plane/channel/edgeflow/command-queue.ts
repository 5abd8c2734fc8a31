import { CommandResult, type Frame } from "../../../protocol/edgeflow/frame.js";
import type { Alarm, Bell } from "../../../world/clock.js";
import type { World } from "../../../world/world.js";
import { Pulse } from "./pulse.js";

export interface Command {
  readonly action: string;
  readonly payload?: Readonly<Record<string, unknown>> | undefined;
}

/** What became of a command. `busy`: too many wait before it. */
export type CommandOutcome = CommandResult | "offline" | "timeout" | "busy";

/** Commands that may wait for their turn. */
const mostWaiting = 32;

/** How long a command may wait for its turn, milliseconds: whoever asked does not wait for ever. */
const longestWait = 60_000;

/** A device in the field fetches and reports its shadow before it reads its first frame, milliseconds (PROTOCOLS C3). */
const greetingMs = 20_000;

/** What a queue does on its tunnel. */
interface Tunnel {
  send(frame: Frame): void;
  probe(): void;
}

interface Waiting {
  readonly command: Command;
  readonly timeoutMs: number;
  /** Monotonic time, milliseconds. */
  readonly since: number;
  readonly settle: (outcome: CommandOutcome) => void;
}

/**
 * Commands of one device: one outstanding at a time, and none while a heartbeat is due, since either crashes devices in
 * the field (PROTOCOLS D4, 45). After one that was not answered in time the next waits for a sign of life: what a device
 * that does not read is sent, it would get all at once.
 */
export class CommandQueue implements Bell {
  readonly #world: World;
  readonly #tunnel: Tunnel;
  readonly #pulse = new Pulse();
  /** Rings when an answer is overdue, or a heartbeat. */
  readonly #alarm: Alarm;
  #waiting: Waiting[] = [];
  #outstanding: { readonly id: string; readonly settle: Waiting["settle"] } | undefined;
  #state: "not begun" | "ready" | "unheard" | "ended" = "not begun";
  /** Until when the device may not read: monotonic time, milliseconds. */
  #readsAt = 0;

  constructor(world: World, tunnel: Tunnel) {
    this.#world = world;
    this.#tunnel = tunnel;
    this.#alarm = world.clock.alarm(this);
  }

  /** The device has been let in. */
  begin(): void {
    if (this.#state !== "not begun") return;
    this.#state = "ready";
    this.#readsAt = this.#now() + greetingMs;
    this.beat();
  }

  /**
   * Sends a command when its turn has come. The time for its answer starts when it is sent; to a device that has just
   * been let in, when that begins to read.
   */
  run(command: Command, timeoutMs: number): Promise<CommandOutcome> {
    return new Promise((settle) => {
      if (this.#state === "ended") return settle("offline");
      if (this.#waiting.length >= mostWaiting) return settle("busy");
      this.#waiting.push({ command, timeoutMs, since: this.#now(), settle });
      this.#next();
    });
  }

  /** Whether a command waits for its answer. */
  get isBusy(): boolean {
    return this.#outstanding !== undefined;
  }

  /** Whether a command of this kind is still to be sent. */
  holds(action: string): boolean {
    return this.#waiting.some(({ command }) => command.action === action);
  }

  /** Takes a device's response; false if nobody waits for it, any more or at all. */
  answer({ id, status, data, error }: Frame): boolean {
    const result = CommandResult.safeParse({ status, data, error });
    const outstanding = this.#outstanding;
    if (!result.success || id === undefined || id !== outstanding?.id) return false;
    this.#readsAt = 0;
    this.#end(outstanding.settle, result.data);
    return true;
  }

  /** The device gave a sign of life. */
  heard(): void {
    if (this.#state !== "unheard") return;
    this.#state = "ready";
    this.#next();
  }

  /** A heartbeat came: what has waited for it goes. */
  beat(): void {
    this.#pulse.beat(this.#now());
    this.#next();
  }

  /** The tunnel is gone: nobody will answer. */
  end(): void {
    this.#state = "ended";
    this.#alarm.cancel();
    this.#outstanding?.settle("offline");
    for (const { settle } of this.#waiting.splice(0)) settle("offline");
  }

  ring(): void {
    const outstanding = this.#outstanding;
    if (outstanding) {
      this.#state = "unheard";
      this.#tunnel.probe();
      this.#end(outstanding.settle, "timeout");
    } else {
      this.#next();
    }
  }

  #end(settle: Waiting["settle"], outcome: CommandOutcome): void {
    this.#outstanding = undefined;
    this.#alarm.cancel();
    settle(outcome);
    this.#next();
  }

  #next(): void {
    if (this.#state !== "ready" || this.#outstanding) return;
    const now = this.#now();
    const isLate = ({ since }: Waiting): boolean => now - since >= longestWait;
    while (this.#waiting[0] && isLate(this.#waiting[0])) this.#waiting.shift()?.settle("busy");
    if (this.#waiting.length === 0) return;
    const quiet = this.#pulse.quietMs(now);
    const first = quiet > 0 ? undefined : this.#waiting.shift();
    if (first) this.#send(first, now);
    else this.#alarm.set(quiet);
  }

  #send({ command: { action, payload }, timeoutMs, settle }: Waiting, now: number): void {
    const id = `cmd-${this.#world.random.bytes(8).toString("hex")}`;
    this.#outstanding = { id, settle };
    this.#alarm.set(Math.max(0, this.#readsAt - now) + timeoutMs);
    this.#tunnel.send({ type: "command", id, action, payload: payload ?? {} });
  }

  #now(): number {
    return this.#world.clock.monotonic();
  }
}
