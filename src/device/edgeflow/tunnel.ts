import { comeBackMs } from "../../protocol/come-back.js";
import { decodeFrame, type Frame, tunnelUrl } from "../../protocol/edgeflow/index.js";
import { isoTime } from "../../world/clock.js";
import type { Channel, Message } from "../../world/network.js";
import type { Session } from "../connection.js";
import { Ended, StepFailed, tidy } from "../failure.js";
import type { Host } from "../host.js";
import { type Closed, Link, type LinkProtocol } from "../link.js";
import { agentVersion, type CommandContext, carryOut } from "./commands.js";
import type { DeviceIdentity, DeviceSettings } from "./settings.js";

/** Limit of the dial, and again of the handshake on the tunnel (PROTOCOLS C3). */
const handshakeMs = 10_000;

/** Close codes of a server in trouble: what it said before them is no judgement (RFC 6455, 7.4). */
const troubled: ReadonlySet<number> = new Set([1011, 1012, 1013]);

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
export class Tunnel implements Session, LinkProtocol {
  readonly restart = false;
  readonly #link: Link;
  #welcome: ((frame: Frame | undefined) => void) | undefined;

  constructor(
    private readonly host: Host,
    channel: Channel,
    private readonly context: CommandContext,
    /** When it was dialled, on the monotonic clock. */
    private readonly dialled: number,
  ) {
    this.#link = new Link(host, channel, this);
  }

  get closed(): Promise<Closed> {
    return this.#link.closed;
  }

  goodbye(): Promise<void> {
    return this.#link.goodbye();
  }

  /** Drops a tunnel that is of no use. */
  terminate(): void {
    this.#link.terminate();
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
      void this.closed.then((closed) => fail(rejection(said, closed)));
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
    this.#link.begin(this.host.persona.heartbeatMs);
    this.host.emit({ type: "connected", ms: this.host.since(this.dialled) });
  }

  beat(): void {
    this.#send({ type: "ping" });
  }

  message(message: Message): void {
    const frame = typeof message === "string" ? decodeFrame(message) : undefined;
    const welcome = this.#welcome;
    if (welcome) {
      this.#welcome = undefined;
      welcome(frame);
    } else if (frame?.type === "pong") {
      this.#link.beatAnswered();
    } else if (frame?.type === "command") {
      void this.#answer(frame);
    }
  }

  async #answer({ id, action = "", payload }: Frame): Promise<void> {
    const started = this.host.world.clock.monotonic();
    const result = await carryOut(this.context, action, payload);
    this.#send({ type: "response", ...(id !== undefined && { id }), ...result });
    const success = result.status === "success";
    this.host.emit({ type: "command", action: tidy(action), success, ms: this.host.since(started) });
  }

  #send(frame: Frame): void {
    this.#link.send(JSON.stringify({ ...frame, timestamp: isoTime(this.host.world.clock.now()) }));
  }
}

/** Dials the cloud and authenticates (PROTOCOLS C3). A tunnel that is not welcomed is dropped without a goodbye. */
export async function openTunnel(
  host: Host,
  { url, tls }: DeviceSettings,
  identity: DeviceIdentity,
  context: CommandContext,
): Promise<Tunnel> {
  const dialled = host.world.clock.monotonic();
  const tunnel = new Tunnel(host, await host.dial(tunnelUrl(url, tls), handshakeMs), context, dialled);
  try {
    await host.until(() => tunnel.authenticate(identity));
  } catch (error) {
    tunnel.terminate();
    await tunnel.closed;
    throw error;
  }
  return tunnel;
}
