import type { Channel, Message, Server } from "../../../src/world/network.js";
import { realWorld } from "../../../src/world/real/index.js";
import { Diary } from "./diary.js";

/** A request as it came. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  /** The body as it is, instead. */
  readonly text?: string;
  readonly headers?: Record<string, string>;
}

export interface Script {
  /** `lost`: the server acts on it, but no answer ever arrives. */
  request(request: Received): Reply | "lost";
  /** A frame came; `nth` counts the channels from 1. */
  frame?(channel: Channel, message: Message, nth: number): void;
  /** A status refuses the upgrade. */
  upgrade?(url: URL): number | undefined;
  /** Headers of that refusal. */
  readonly refusal?: Record<string, string> | undefined;
}

/** A server on loopback that answers as a test tells it, and remembers what it was asked. */
export class ScriptedServer {
  readonly requests: Received[] = [];
  readonly frames = new Diary<string>();
  readonly closes = new Diary<number>();
  readonly upgrades: URL[] = [];
  /** Headers of the upgrades. */
  readonly knocks: Readonly<Record<string, string>>[] = [];
  readonly channels: Channel[] = [];
  #server: Server | undefined;
  readonly #world = realWorld();

  constructor(readonly script: Script) {}

  get host(): string {
    return `127.0.0.1:${this.#server?.port}`;
  }
  get url(): string {
    return `http://${this.host}`;
  }
  /** Bodies that came to a path, parsed. */
  asked(path: string): Received[] {
    return this.requests.filter((request) => request.path === path);
  }

  async open(): Promise<this> {
    this.#server = await this.#world.network.listen(
      { host: "127.0.0.1", port: 0 },
      {
        request: async (request) => {
          const received = {
            method: request.method,
            path: new URL(request.url).pathname,
            headers: Object.fromEntries(request.headers),
            body: await request.text(),
          };
          this.requests.push(received);
          const reply = this.script.request(received);
          if (reply === "lost") return new Promise(() => {});
          return new Response(reply.text ?? (reply.body === undefined ? "" : JSON.stringify(reply.body)), {
            status: reply.status,
            headers: reply.headers ?? {},
          });
        },
        upgrade: async ({ url, headers: asked }) => {
          this.upgrades.push(url);
          this.knocks.push(asked);
          const refuse = this.script.upgrade?.(url);
          const { refusal: headers = {} } = this.script;
          return refuse === undefined ? { accept: (channel) => this.#accept(channel) } : { refuse, headers };
        },
      },
    );
    return this;
  }

  close(): void {
    this.#world.process.kill();
  }

  #accept(channel: Channel): void {
    const nth = this.channels.push(channel);
    channel.listen({
      message: (message) => {
        this.frames.write(typeof message === "string" ? message : "(binary)");
        this.script.frame?.(channel, message, nth);
      },
      close: this.closes.write,
    });
  }
}
