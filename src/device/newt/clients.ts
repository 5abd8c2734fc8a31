import type { Alarm, Bell } from "../../world/clock.js";
import { below } from "../../world/random.js";
import type { World } from "../../world/world.js";
import { type Asker, Asking, isTaken, type Question } from "./asking.js";
import { makeKeyPair } from "./key-pair.js";
import type { Sender } from "./sender.js";

const getConfig: Question = { type: "newt/wg/get-config", everyMs: 2_000, times: 16 };
/** How often traffic is told of, milliseconds (PROTOCOLS A14). */
const trafficMs = 10_000;
/** Ports to draw from (PROTOCOLS A2). */
const ports = { first: 49_152, count: 16_384 };

/** The interface by which clients reach a site (PROTOCOLS A14). No packet flows in it: all that it tells is that there was none. */
export class Clients implements Asker, Bell {
  readonly #publicKey: string;
  readonly #port: number;
  readonly #alarm: Alarm;
  #asking: Asking | undefined;
  #tells = false;

  /** `port` is a person's choice; 0: there is none. */
  constructor(
    private readonly world: World,
    private readonly sender: Sender,
    port: number,
  ) {
    this.#publicKey = makeKeyPair(world.random).publicKey;
    this.#port = port || ports.first + below(world.random, ports.count);
    this.#alarm = world.clock.alarm(this);
  }

  /** Asks for its configuration. From the first time on traffic is told of. */
  begin(): void {
    this.hush();
    this.#asking = new Asking(this.world, getConfig, this);
    this.#asking.ring();
    if (!this.#tells) this.#alarm.set(trafficMs);
    this.#tells = true;
  }

  /** Whether this configuration is the one that was asked for. */
  isConfigured(chainId: string | undefined): boolean {
    const taken = isTaken(chainId, this.#asking);
    if (taken) this.hush();
    return taken;
  }

  /** Asks no more. */
  hush(): void {
    this.#asking?.hush();
    this.#asking = undefined;
  }

  /** Nothing more is asked or told. */
  end(): void {
    this.hush();
    this.#alarm.cancel();
  }

  ask({ type }: Question, chainId: string): void {
    this.sender.send(type, { publicKey: this.#publicKey, port: this.#port, chainId, localEndpoints: [] });
  }

  ring(): void {
    this.#alarm.set(trafficMs);
    this.sender.send("newt/receive-bandwidth", { bandwidthData: [] });
  }
}
