import { verifyWebhook } from "../../src/protocol/integration/index.js";
import type { WebhookEvent } from "../../src/protocol/integration/schema.js";
import type { Peer, Server } from "../../src/world/network.js";
import type { World } from "../../src/world/world.js";

/** A request that came to a receiver. */
export interface Received {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Wall time, milliseconds. */
  readonly at: number;
}

/** What a receiver answers. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Somebody who is told of alerts. */
export class Receiver {
  readonly received: Received[] = [];
  /** What it answers; one that never settles lets the sender wait. */
  answer: (request: Received) => Answer | Promise<Answer> = () => ({ status: 204 });
  #server: Server | undefined;

  private constructor(
    readonly world: World,
    readonly options: {
      readonly host: string;
      readonly port: number;
      readonly tls?: { certificate: string; key: string };
    },
  ) {}

  static async start(world: World, options: Receiver["options"] = { host: "127.0.0.1", port: 0 }): Promise<Receiver> {
    const receiver = new Receiver(world, options);
    await receiver.open();
    return receiver;
  }

  get port(): number {
    return this.#server?.port ?? 0;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  async open(): Promise<void> {
    this.#server = await this.world.network.listen(
      { ...this.options, port: this.options.port || this.port },
      { request: (request, peer) => this.#take(request, peer), upgrade: async () => ({ refuse: 404 }) },
    );
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }

  /** The events of those requests that are what they seem to be by a secret, each once. */
  events(secret: string): WebhookEvent[] {
    const byId = new Map<string, WebhookEvent>();
    for (const { headers, body, at } of this.received) {
      const event = verifyWebhook({ headers, body, secret, now: at });
      if (event) byId.set(headers["webhook-id"] ?? "", event);
    }
    return [...byId.values()];
  }

  async #take(request: Request, _peer: Peer): Promise<Response> {
    const headers = Object.fromEntries(request.headers);
    const path = new URL(request.url).pathname;
    const received = { path, headers, body: await request.text(), at: this.world.clock.now() };
    this.received.push(received);
    const answer = await this.answer(received);
    return new Response(null, { status: answer.status, headers: { ...answer.headers } });
  }
}
