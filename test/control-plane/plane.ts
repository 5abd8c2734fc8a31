import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SqliteDatabase } from "kysely";
import { onTestFinished } from "vitest";
import type { z } from "zod";
import { createControlPlane, openSqlite } from "../../src/control-plane/index.js";
import { ProvisionAnswer } from "../../src/protocol/edgeflow/api.js";
import { decodeFrame, type Frame } from "../../src/protocol/edgeflow/frame.js";
import { type CommandRequest, IntegrationClient } from "../../src/protocol/integration/index.js";
import {
  channelUrl,
  decodeMessage,
  envelopeOf,
  frameText,
  type NewtMessage,
  newtPaths,
  RegisterData,
  TokenData,
} from "../../src/protocol/newt/index.js";
import { type DeviceCredentials, DeviceId } from "../../src/provisioning/credentials.js";
import { nonceHeader } from "../../src/provisioning/nonce.js";
import { type Alarm, alarmOf, type Bell, type Clock, type Timer } from "../../src/world/clock.js";
import type { Log } from "../../src/world/log.js";
import type { Channel, HttpResponse, Listener, Message } from "../../src/world/network.js";
import { Process } from "../../src/world/process.js";
import { RealClock } from "../../src/world/real/clock.js";
import { realWorld } from "../../src/world/real/index.js";
import type { World } from "../../src/world/world.js";

export const org = "default";
export const apiKey = "first.secretsecretsecretsecret";
export const pepper = Buffer.alloc(32, 7);
const timeoutMs = 15_000;
const longestMessage = 4 << 20;

/** A directory that is gone after the test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "firstboot-plane-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A control plane on a free port of loopback, and the client side of everything it offers. */
export class Plane {
  readonly integration: IntegrationClient;

  private constructor(
    readonly origin: string,
    readonly client: World,
    /** As a stop does: goodbye to all, everything finished. */
    readonly close: () => Promise<void>,
    /** As a power loss does. */
    readonly kill: () => void,
    /** What its server carries. */
    readonly listener: Listener,
  ) {
    this.integration = new IntegrationClient({ network: client.network, endpoint: origin, apiKey });
  }

  /** Closed when the test is finished, if it has not been before. */
  static async start(path: string | SqliteDatabase = ":memory:", clock?: Clock, log?: Log): Promise<Plane> {
    const machine = realWorld({ name: "control-plane", ...(log && { log }) });
    const world = clock ? { ...machine, clock } : machine;
    const database = typeof path === "string" ? openSqlite(path) : path;
    const client = realWorld({ name: "client" });
    const controlPlane = await createControlPlane({ world, database, pepper, apiKey });
    const server = await world.network.listen({ host: "127.0.0.1", port: 0 }, controlPlane);
    let closed: Promise<void> | undefined;
    const close = (): Promise<void> => {
      closed ??= (async () => {
        client.process.kill();
        if (!world.process.alive) return;
        await controlPlane.close();
        await server.close();
      })();
      return closed;
    };
    onTestFinished(close);
    return new Plane(`http://127.0.0.1:${server.port}`, client, close, () => world.process.kill(), controlPlane);
  }

  send(
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<HttpResponse> {
    return this.client.network.request({
      method,
      url: this.origin + path,
      headers: { "content-type": "application/json", ...headers },
      timeoutMs,
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  }

  /** With the API key. */
  api(method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<HttpResponse> {
    return this.send(method, path, body, { authorization: `Bearer ${apiKey}` });
  }

  async key(maxBatchSize: number | null = null, approveNewSites = true, validUntil = ""): Promise<string> {
    const created = await this.integration.createKey(org, { name: "test", maxBatchSize, approveNewSites, validUntil });
    return created.siteProvisioningKey;
  }

  async code(ttlSeconds = 600): Promise<string> {
    const [code = ""] = (await this.integration.createCodes(org, { name: "test", ttlSeconds })).codes;
    return code;
  }

  register(provisioningKey: string, { nonce, name }: { nonce?: string; name?: string } = {}): Promise<HttpResponse> {
    return this.send("POST", newtPaths.register, { provisioningKey, name }, nonce ? { [nonceHeader]: nonce } : {});
  }

  /** The credentials of a new site. */
  async site(provisioningKey: string, name?: string): Promise<z.infer<typeof RegisterData>> {
    return dataOf(await this.register(provisioningKey, name === undefined ? {} : { name }), RegisterData);
  }

  async token(credentials: z.infer<typeof RegisterData>): Promise<string> {
    return dataOf(await this.send("POST", newtPaths.getToken, credentials), TokenData).token;
  }

  async newt(credentials: z.infer<typeof RegisterData>): Promise<Talk<NewtMessage>> {
    const url = channelUrl(this.origin, await this.token(credentials));
    return new Talk(await this.client.network.connect(url, { timeoutMs }), decodeMessage);
  }

  provision(provisioning_code: string, nonce?: string): Promise<HttpResponse> {
    const body = {
      provisioning_code,
      hardware_info: { board_model: "Raspberry Pi 4 Model B Rev 1.4\u0000", arch: "arm64", os: "linux" },
      network_info: { hostname: "pi-1", mac_address: "dc:a6:32:00:00:01" },
    };
    return this.send("POST", "/api/v1/devices/provision", body, nonce ? { [nonceHeader]: nonce } : {});
  }

  async device(code: string): Promise<DeviceCredentials> {
    const answer = ProvisionAnswer.parse(JSON.parse((await this.provision(code)).body));
    return { deviceId: DeviceId.parse(answer.device_id), apiKey: answer.api_key };
  }

  async tunnel(): Promise<Talk<Frame>> {
    const url = `${this.origin.replace("http", "ws")}/tunnel`;
    return new Talk(await this.client.network.connect(url, { timeoutMs }), decodeFrame);
  }

  /** A tunnel that has been accepted. */
  async connected({ deviceId, apiKey }: DeviceCredentials): Promise<Talk<Frame>> {
    const tunnel = await this.tunnel();
    tunnel.say({ type: "connect", device_id: deviceId, api_key: apiKey, version: "1.0.0" });
    await tunnel.hear("connected");
    return tunnel;
  }

  command(deviceId: string, body: CommandRequest) {
    return this.integration.command(org, deviceId, body);
  }
}

/** A clock that runs as the machine's does, but for its timers, which wait until the test moves it. */
export class MovableClock implements Clock {
  readonly #clock = new RealClock(new Process("test"));
  readonly #timers = new Set<{ readonly at: number; readonly fn: () => void }>();
  #ahead = 0;
  #wrong = 0;

  now(): number {
    return this.#clock.now() + this.#ahead + this.#wrong;
  }

  /** Sets the wall clock to be wrong by so much; no time passes. */
  setWrong(ms: number): void {
    this.#wrong = ms;
  }

  monotonic(): number {
    return this.#clock.monotonic() + this.#ahead;
  }

  alarm(bell: Bell): Alarm {
    return alarmOf(this, bell);
  }

  after(ms: number, fn: () => void): Timer {
    const timer = { at: this.monotonic() + ms, fn };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  turn(): Promise<void> {
    return this.#clock.turn();
  }

  /** Moves on and lets every timer ring that is due then, once. */
  move(ms: number): void {
    this.#ahead += ms;
    for (const timer of [...this.#timers]) {
      if (timer.at > this.monotonic()) continue;
      this.#timers.delete(timer);
      timer.fn();
    }
  }
}

/** One end of a channel that waits for what it wants to hear. */
export class Talk<M extends { type: string }> {
  readonly heard: M[] = [];
  /** All that came, as it came. */
  readonly frames: Message[] = [];
  /** Protocol pings that came. */
  pings = 0;
  readonly #waiting = new Set<() => void>();
  closed: number | undefined;

  constructor(
    readonly channel: Channel,
    decode: (text: string) => M | undefined,
  ) {
    channel.listen({
      message: (message) => {
        this.frames.push(message);
        const decoded = decode(frameText(message, longestMessage) ?? "");
        if (decoded) this.heard.push(decoded);
        this.#wake();
      },
      ping: () => {
        this.pings++;
      },
      close: (code) => {
        this.closed = code;
        this.#wake();
      },
    });
  }

  say(message: M | string): void {
    this.channel.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  /** The next message of a type. */
  hear(type: string): Promise<M> {
    return this.#until(() => {
      const index = this.heard.findIndex((message) => message.type === type);
      return index < 0 ? undefined : this.heard.splice(index, 1)[0];
    });
  }

  /** The code the channel was closed with. */
  hearClose(): Promise<number> {
    return this.#until(() => this.closed);
  }

  async #until<T>(look: () => T | undefined): Promise<T> {
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}

/** The data of a good answer. */
export function dataOf<T extends z.ZodType>(answer: HttpResponse, schema: T): z.infer<T> {
  return schema.parse(envelopeOf(schema).parse(JSON.parse(answer.body)).data);
}

/** Status and message of an answer in its envelope. */
export function verdict({ status, body }: HttpResponse): { status: number; message: unknown } {
  const parsed: unknown = JSON.parse(body);
  const message = typeof parsed === "object" && parsed !== null && "message" in parsed ? parsed.message : undefined;
  return { status, message };
}

/** A new nonce. */
export function nonce(plane: Plane): string {
  return plane.client.random.bytes(32).toString("hex");
}
