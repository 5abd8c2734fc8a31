import { comeBackMs } from "../../protocol/come-back.js";
import { type CommandResult, decodeFrame, type Frame, frameTime, tunnelUrl } from "../../protocol/edgeflow/index.js";
import type { Channel, Message } from "../../world/network.js";
import type { Session } from "../connection.js";
import { Ended, StepFailed, tidy } from "../failure.js";
import type { Host } from "../host.js";
import { type Closed, Link, type LinkProtocol } from "../link.js";
import type { Answered, Answering } from "./answering.js";
import { agentVersion } from "./commands.js";
import type { LeakedHeartbeats } from "./leaked-heartbeats.js";
import type { DeviceIdentity, DeviceSettings } from "./settings.js";
import type { ShadowKeeper } from "./shadow-keeper.js";
import { writtenFrame } from "./written-frame.js";

/** Limit of the dial, and again of the handshake on the tunnel (PROTOCOLS C3). */
const handshakeMs = 10_000;

/** What the runtime of the code in the field says as it comes down (PROTOCOLS D4, 45). */
const panic = "panic: concurrent write to websocket connection";

/** Close codes of a server in trouble: what it said before them is no judgement (RFC 6455, 7.4). */
const troubled: ReadonlySet<number> = new Set([1011, 1012, 1013]);

/** What a device does while it has a tunnel, one after the other. */
export interface Duties {
  readonly answering: Answering;
  readonly shadow: ShadowKeeper;
  /** Undefined for a persona that leaves none behind. */
  readonly leaked: LeakedHeartbeats | undefined;
}

/** What it means that the cloud did not welcome the device: what it `said` and how it closed, as far as it did. */
function rejection(said: string | undefined, closed?: Closed): Ended | StepFailed {
  const wait = closed && comeBackMs(closed.code, closed.reason);
  if (said !== undefined) {
    return closed && troubled.has(closed.code)
      ? new StepFailed("connect", "answer", said, undefined, wait)
      : new Ended({ kind: "refused", step: "connect", reason: said });
  }
  return closed
    ? new StepFailed("connect", "network", `the tunnel closed with ${closed.code}`, undefined, wait)
    : new StepFailed("connect", "timeout", `the cloud said nothing within ${handshakeMs} ms`);
}

/** A device's open tunnel. */
export class Tunnel implements Session, LinkProtocol, Answered {
  readonly restart = false;
  readonly #link: Link;
  #welcome: ((frame: Frame | undefined) => void) | undefined;
  /** What is not looked at yet. */
  #held: Frame[] | undefined;
  #isWelcomed = false;
  #isDown = false;

  constructor(
    private readonly host: Host,
    channel: Channel,
    private readonly duties: Duties,
    /** When it was dialled, on the monotonic clock. */
    private readonly dialled: number,
  ) {
    this.#link = new Link(host, channel, this);
  }

  /** Rejects with `Ended` if the program comes down. */
  get closed(): Promise<Closed> {
    return this.#link.closed.then((closed) => {
      if (this.#isDown) throw new Ended({ kind: "crashed", reason: panic });
      return closed;
    });
  }

  get isDown(): boolean {
    return this.#isDown;
  }

  goodbye(): Promise<void> {
    return this.#link.goodbye();
  }

  /** Ends a tunnel that is of no use; one that was never welcomed without a goodbye (PROTOCOLS C3). */
  async abandon(): Promise<void> {
    if (this.#isWelcomed) return this.goodbye();
    this.#link.terminate();
    await this.#link.closed;
  }

  /** Proves who the device is; the cloud has 10 s to say `connected`. Throws `StepFailed` or `Ended`. */
  async authenticate({ deviceId, apiKey }: DeviceIdentity): Promise<void> {
    const { persona, world } = this.host;
    let said: string | undefined;
    const welcomed = new Promise<void>((resolve, reject) => {
      const fail = (error: Ended | StepFailed): void => {
        limit.cancel();
        reject(error);
      };
      const limit = world.clock.after(handshakeMs, () => fail(rejection(said)));
      void this.#link.closed.then((closed) => fail(rejection(said, closed)));
      this.#welcome = (frame) => {
        if (frame?.type === "connected") {
          limit.cancel();
          this.#begin();
          resolve();
        } else if (frame?.error && persona.heedsRefusal) {
          // The close that follows tells a judgement from an excuse.
          said = tidy(frame.error);
        } else {
          fail(new StepFailed("connect", "answer", tidy(frame?.error ?? "the cloud's first frame is not a welcome")));
        }
      };
    });
    this.#send({ type: "connect", device_id: deviceId, api_key: apiKey, version: agentVersion });
    this.#link.listen();
    await welcomed;
  }

  #begin(): void {
    const { host, duties } = this;
    this.#isWelcomed = true;
    this.#link.begin(host.persona.heartbeatMs);
    host.emit({ type: "connected", ms: host.since(this.dialled) });
    if (host.persona.device.shadowFirst) this.#held = [];
    void duties.shadow.begin().then(() => this.#catchUp());
    duties.leaked?.connected(this);
    void this.#link.closed.then(({ heldMs }) => {
      duties.shadow.rest();
      duties.leaked?.lost(heldMs);
    });
  }

  beat(): void {
    if (this.duties.answering.meetsHeartbeat()) this.crash();
    else this.#send({ type: "ping" });
  }

  message(message: Message): void {
    const frame = typeof message === "string" ? decodeFrame(message) : undefined;
    const welcome = this.#welcome;
    if (welcome) {
      this.#welcome = undefined;
      welcome(frame);
    } else if (frame && this.#isWelcomed) {
      if (this.#held) this.#held.push(frame);
      else this.#take(frame);
    }
  }

  respond(id: string | undefined, { status, data, error }: CommandResult): boolean {
    const head = { type: "response", ...(id !== undefined && { id }) };
    const said = { ...(data !== undefined && { data }), ...(error !== undefined && { error }) };
    const isSent = this.#send({ ...head, status, ...said });
    if (!isSent) this.#send({ ...head, status: "error", error: "the answer is too large" });
    return isSent;
  }

  crash(): void {
    this.#isDown = true;
    this.#link.terminate();
  }

  #catchUp(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const frame of held) this.#take(frame);
  }

  #take(frame: Frame): void {
    if (frame.type === "pong") this.#link.beatAnswered();
    else if (frame.type === "command") void this.duties.answering.answer(frame, this);
  }

  /** False for a frame that cannot be sent. */
  #send(frame: Frame): boolean {
    const text = writtenFrame({ ...frame, timestamp: frameTime(this.host.world.clock) });
    if (text !== undefined) this.#link.send(text);
    return text !== undefined;
  }
}

/** Dials the cloud and authenticates (PROTOCOLS C3). Throws `StepFailed`, `Ended` or `Again`. */
export async function openTunnel(
  host: Host,
  { url, tls }: DeviceSettings,
  identity: DeviceIdentity,
  duties: Duties,
): Promise<Tunnel> {
  // Empty credentials come of an answer that was taken for a success (PROTOCOLS D4, 51).
  if (!identity.deviceId || !identity.apiKey) throw new StepFailed("connect", "answer", "there are no credentials");
  const dialled = host.world.clock.monotonic();
  const tunnel = new Tunnel(host, await host.dial(tunnelUrl(url, tls), handshakeMs), duties, dialled);
  try {
    await host.until(() => tunnel.authenticate(identity));
  } catch (error) {
    await tunnel.abandon();
    throw error;
  }
  return tunnel;
}
