import type { Alarm, Bell } from "../../world/clock.js";
import type { Host } from "../host.js";

/** What beats, while it is connected. */
export interface Beating {
  beat(): void;
}

/** A heartbeat loop of a tunnel that is gone. */
class Loop implements Bell {
  readonly alarm: Alarm;

  constructor(
    host: Host,
    private readonly leaked: LeakedHeartbeats,
  ) {
    this.alarm = host.world.clock.alarm(this);
  }

  ring(): void {
    this.leaked.rang(this);
  }
}

/**
 * The heartbeats that the code in the field leaves behind: a loop ends only when its next beat finds no tunnel, so that
 * one whose device was back before then beats on in the new tunnel, beside that tunnel's own (PROTOCOLS D4, 46).
 */
export class LeakedHeartbeats {
  readonly #loops = new Set<Loop>();
  #tunnel: Beating | undefined;

  constructor(private readonly host: Host) {}

  connected(tunnel: Beating): void {
    this.#tunnel = tunnel;
  }

  /** A tunnel that held `heldMs` is gone; its loop wakes when its next beat was due. */
  lost(heldMs: number): void {
    this.#tunnel = undefined;
    const { heartbeatMs } = this.host.persona;
    const loop = new Loop(this.host, this);
    this.#loops.add(loop);
    loop.alarm.set(heartbeatMs - (heldMs % heartbeatMs));
  }

  rang(loop: Loop): void {
    if (this.#tunnel) {
      loop.alarm.set(this.host.persona.heartbeatMs);
      this.#tunnel.beat();
    } else {
      this.#loops.delete(loop);
    }
  }

  end(): void {
    for (const { alarm } of this.#loops) alarm.cancel();
    this.#loops.clear();
  }
}
