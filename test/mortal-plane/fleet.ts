import { randomBytes } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { expect } from "vitest";
import type { z } from "zod";
import { newtPaths, RegisterData } from "../../src/protocol/newt/index.js";
import { nonceHeader } from "../../src/provisioning/nonce.js";
import { type HttpResponse, type Network, NetworkError } from "../../src/world/network.js";

/** Devices that race for the uses of one limited key. */
const racers = 40;
export const uses = 25;

/** One device in so many is a stock one: no nonce, one try, a key without a limit. */
const stockShare = 4;

/** Requests under way at once. */
const concurrent = 16;

/** What a device does with its credentials before the end: some authenticate at once, some ask for them again, some wait. */
const habits = ["authenticates", "asks again", "waits"] as const;

export interface Device {
  readonly key: string;
  /** Undefined on a stock device. */
  readonly nonce: string | undefined;
  readonly habit: (typeof habits)[number];
  credentials?: z.infer<typeof RegisterData>;
  /** The key was used up. */
  refused?: true;
}

interface Job {
  readonly kind: "exchange" | "get-token";
  readonly device: Device;
}

/** Devices that outlive their control planes: what one leaves unanswered is asked again of the next. */
export class Fleet {
  readonly devices: Device[] = [];
  #keys: readonly string[] = [];
  #stockKey = "";
  #racing = 0;
  /** What is to be done before anything new, and in the next life. */
  #now: Job[] = [];
  #later: Job[] = [];
  readonly #underWay = new Set<Job>();
  readonly #answers = new EventEmitter();

  /** Makes keys for at least so many devices more. */
  async supply(devices: number, make: (uses: number | null) => Promise<string>): Promise<void> {
    this.#stockKey ||= await make(null);
    const wanted = Math.ceil((this.#racing + devices) / racers);
    const more = Array.from({ length: Math.max(0, wanted - this.#keys.length) }, () => make(uses));
    this.#keys = [...this.#keys, ...(await Promise.all(more))];
  }

  /** Asks what is open and then for ever new devices, until the control plane is gone. */
  live(network: Network, url: string): Promise<void> {
    this.#now = this.#later;
    this.#later = [];
    return this.#work(network, url, () => this.#now.pop() ?? this.#newcomer());
  }

  /** Asks what is open, and then all who have credentials authenticate. */
  async finish(network: Network, url: string): Promise<void> {
    const open = this.#later;
    await this.#work(network, url, () => open.pop() ?? this.#now.pop());
    const rest = this.enrolled.map((device): Job => ({ kind: "get-token", device }));
    await this.#work(network, url, () => rest.pop());
  }

  /** Resolves after so many more answers. */
  async answers(count: number): Promise<void> {
    for (let left = count; left > 0; left--) await once(this.#answers, "answer");
  }

  /** Exchanges that have been sent and not been answered. */
  get exchangesInFlight(): number {
    return [...this.#underWay].filter(({ kind }) => kind === "exchange").length;
  }

  get enrolled(): readonly Device[] {
    return this.devices.filter(({ credentials }) => credentials);
  }

  #newcomer(): Job {
    const number = this.devices.length;
    const isStock = number % stockShare === 0;
    const key = isStock ? this.#stockKey : this.#keys[Math.floor(this.#racing++ / racers)];
    if (key === undefined) throw new Error("more devices than keys were made for");
    const nonce = isStock ? undefined : randomBytes(32).toString("hex");
    const device: Device = { key, nonce, habit: habits[number % habits.length] ?? "waits" };
    this.devices.push(device);
    return { kind: "exchange", device };
  }

  async #work(network: Network, url: string, next: () => Job | undefined): Promise<void> {
    const worker = async (): Promise<void> => {
      for (let job = next(); job; job = next()) if (!(await this.#carryOut(job, network, url))) return;
    };
    await Promise.all(Array.from({ length: concurrent }, worker));
  }

  /** Whether the control plane answered. */
  async #carryOut(job: Job, network: Network, url: string): Promise<boolean> {
    this.#underWay.add(job);
    try {
      this.#note(job, await ask(job, network, url));
      this.#answers.emit("answer");
      return true;
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      if (job.device.nonce || job.kind === "get-token") this.#later.push(job);
      return false;
    } finally {
      this.#underWay.delete(job);
    }
  }

  #note({ kind, device }: Job, { status, body }: HttpResponse): void {
    if (kind === "get-token") {
      expect({ status, body }).toMatchObject({ status: 200 });
    } else if (status === 401 && device.nonce && !device.credentials) {
      expect(body).toContain("Provisioning key has reached its maximum usage");
      device.refused = true;
    } else {
      expect({ status, body }).toMatchObject({ status: 201 });
      const data = RegisterData.parse(JSON.parse(body).data);
      if (device.credentials) expect(data, "the same credentials again").toEqual(device.credentials);
      else this.#enrol(device, data);
    }
  }

  #enrol(device: Device, credentials: z.infer<typeof RegisterData>): void {
    device.credentials = credentials;
    if (device.habit === "authenticates") this.#now.push({ kind: "get-token", device });
    if (device.habit === "asks again" && device.nonce) this.#later.push({ kind: "exchange", device });
  }
}

function ask({ kind, device }: Job, network: Network, url: string): Promise<HttpResponse> {
  const { key, nonce, credentials } = device;
  const exchange = kind === "exchange";
  return network.request({
    method: "POST",
    url: url + (exchange ? newtPaths.register : newtPaths.getToken),
    headers: { "content-type": "application/json", ...(exchange && nonce && { [nonceHeader]: nonce }) },
    body: JSON.stringify(exchange ? { provisioningKey: key } : credentials),
    timeoutMs: 20_000,
  });
}
