import type { CommandResult, Frame } from "../../protocol/edgeflow/index.js";
import { tidy } from "../failure.js";
import type { Host } from "../host.js";
import { type CommandContext, carryOut } from "./commands.js";

/** Commands that a device works on at a time, before it says that it is busy. */
const most = 32;
const busy: CommandResult = { status: "error", error: "busy" };

/** How long the code in the field is at writing one answer, milliseconds: those of a burst are written together. */
const writingMs = 1;
/** How often two frames that are written together bring it down: 500 commands at once did after 187 answers [ran]. */
const collisionChance = 1 / 100;

/** Where an answer goes. */
export interface Answered {
  /** False if the cloud was told instead that this result cannot be sent. */
  respond(id: string | undefined, result: CommandResult): boolean;
  /** The program comes down. */
  crash(): void;
  readonly isDown: boolean;
}

/** A device at work on its commands, several at a time, each answered with its id (PROTOCOLS C4). */
export class Answering {
  #underWay = 0;

  constructor(
    private readonly host: Host,
    private readonly context: CommandContext,
  ) {}

  async answer({ id, action = "", payload }: Frame, to: Answered): Promise<void> {
    const { clock } = this.host.world;
    const started = clock.monotonic();
    this.#underWay += 1;
    const result = await this.#result(action, payload);
    const isBroken = this.#collides(this.#underWay - 1);
    this.#underWay -= 1;
    if (to.isDown) return;
    if (isBroken) {
      to.crash();
      return;
    }
    const success = to.respond(id, result) && result.status === "success";
    this.host.emit({ type: "command", action: tidy(action), success, ms: this.host.since(started) });
  }

  /** Whether a heartbeat that is written now meets an answer on its way (PROTOCOLS D4, 45). */
  meetsHeartbeat(): boolean {
    return this.#collides(this.#underWay);
  }

  async #result(action: string, payload: unknown): Promise<CommandResult> {
    const { device } = this.host.persona;
    if (!device.crashesInBursts && this.#underWay > most) return busy;
    const result = await carryOut(device, this.context, action, payload);
    if (device.crashesInBursts) await this.host.world.clock.sleep(writingMs);
    return result;
  }

  #collides(others: number): boolean {
    const { persona, world } = this.host;
    return persona.device.crashesInBursts && others > 0 && world.random.float() < collisionChance;
  }
}
