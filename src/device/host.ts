import type { Timer } from "../world/clock.js";
import type { Channel, HttpRequest, HttpResponse } from "../world/network.js";
import { retryAfterMs } from "../world/retry-after.js";
import type { World } from "../world/world.js";
import { Backoff } from "./backoff.js";
import type { Observer, Step, StopReason } from "./event.js";
import { Again, Ended, networkFailure, refusesForGood, StepFailed, tidy } from "./failure.js";
import type { Persona, Retry } from "./persona.js";

/** The box a device lives on: its World, its habits, its observer, its life, and the wish to stop, which ends every wait. */
export class Host {
  #life: Promise<StopReason> | undefined;
  #over = false;
  #again = false;
  #wake: (() => void) | undefined;

  constructor(
    readonly world: World,
    readonly persona: Persona,
    readonly emit: Observer,
  ) {}

  /** Ends the life in good order: the wait it is in, or its next one, throws `Ended`. Resolves when it is over. */
  async end(): Promise<void> {
    this.#over = true;
    this.#wake?.();
    await this.#life?.catch(() => {});
  }

  /** Begins the life again from its boot, in good order: the wait it is in, or its next one, throws `Again`. */
  reboot(): void {
    this.#again = true;
    this.#wake?.();
  }

  /**
   * Lives a life to its end: `boot` again after each restart that the server or `reboot` asks for. However often it is called, there
   * is one life. Rejects with a `FirstbootError` where a person has to mend something.
   */
  live(boot: () => Promise<void>): Promise<StopReason> {
    this.#life ??= this.#untilEnded(boot);
    return this.#life;
  }

  async #untilEnded(boot: () => Promise<void>): Promise<StopReason> {
    for (;;) {
      this.#again = false;
      try {
        await boot();
      } catch (error) {
        if (error instanceof Again) continue;
        if (!(error instanceof Ended)) throw error;
        this.emit({ type: "stopped", reason: error.reason });
        return error.reason;
      }
    }
  }

  /** Waits for an operation that a stop may interrupt. A life waits for one thing at a time. */
  until<T>(operation: () => Promise<T>): Promise<T> {
    if (this.#over || this.#again) return Promise.reject(this.#interruption());
    return new Promise((resolve, reject) => {
      this.#wake = () => reject(this.#interruption());
      operation().then(resolve, reject);
    });
  }

  #interruption(): Ended | Again {
    return this.#over ? new Ended({ kind: "stopped" }) : new Again();
  }

  /** Milliseconds since a moment of the monotonic clock. */
  since(started: number): number {
    return this.world.clock.monotonic() - started;
  }

  get #introduction(): { readonly "user-agent": string } {
    return { "user-agent": this.persona.userAgent };
  }

  /** A request of a step. Throws `StepFailed` when no answer comes. */
  async request(step: Step, request: HttpRequest): Promise<HttpResponse> {
    const headers = { ...this.#introduction, ...request.headers };
    try {
      return await this.until(() => this.world.network.request({ ...request, headers }));
    } catch (error) {
      throw networkFailure(step, error, this.world.clock.now());
    }
  }

  /** Opens a channel. Throws `StepFailed`. A channel that opens after a stop is dropped. */
  async dial(url: string, timeoutMs: number): Promise<Channel> {
    let opening: Promise<Channel> | undefined;
    try {
      return await this.until(() => {
        opening = this.world.network.connect(url, { timeoutMs, headers: this.#introduction });
        return opening;
      });
    } catch (error) {
      opening?.then(
        (channel) => channel.terminate(),
        () => {},
      );
      throw networkFailure("connect", error, this.world.clock.now());
    }
  }

  /** What an answer other than success means: the end, or a failure that may pass. `said` is the server's own text. */
  rejection(step: Step, response: HttpResponse, said: string | undefined): Ended | StepFailed {
    const { status } = response;
    if (this.persona.heedsRefusal && refusesForGood(status, said)) {
      return new Ended({ kind: "refused", step, status, reason: tidy(said) });
    }
    const wait = retryAfterMs(response.headers["retry-after"], this.world.clock.now());
    return new StepFailed(step, "status", tidy(said ?? `the server answered ${status}`), status, wait);
  }

  backoff(retry: Retry): Backoff {
    return new Backoff(retry, this.world.random);
  }

  /** Repeats a step as the habit says, until it succeeds. */
  async persistently<T>(retry: Retry | undefined, step: () => Promise<T>): Promise<T> {
    const backoff = retry && this.backoff(retry);
    for (;;) {
      try {
        return await step();
      } catch (error) {
        await this.recover(backoff, error);
      }
    }
  }

  /** Tells of a failure and waits until the step may be tried again. Throws what is no failure of a step. */
  async recover(backoff: Backoff | undefined, error: unknown): Promise<void> {
    if (!(error instanceof StepFailed)) throw error;
    this.failed(error);
    const { step, status, detail } = error;
    const wait = backoff?.afterFailure(error.retryAfterMs);
    if (wait === undefined) {
      throw new Ended({ kind: "failed", step, ...(status !== undefined && { status }), reason: detail });
    }
    await this.pause(step, wait);
  }

  /** Tells of something that a person should know and the device lives with. */
  notice(message: string): void {
    this.emit({ type: "notice", message });
  }

  failed({ step, kind, status, detail }: StepFailed): void {
    this.emit({ type: "failed", step, kind, ...(status !== undefined && { status }), detail });
  }

  /** Waits, unless stopped. */
  async pause(step: Step, ms: number): Promise<void> {
    if (ms <= 0) return;
    this.emit({ type: "waiting", step, ms });
    let timer: Timer | undefined;
    try {
      await this.until(
        () =>
          new Promise<void>((resolve) => {
            timer = this.world.clock.after(ms, resolve);
          }),
      );
    } finally {
      timer?.cancel();
    }
  }
}
