import { reasonOf } from "../../error.js";
import type { Timer } from "../../world/clock.js";
import type { Services } from "../services.js";
import type { Attempted } from "../store/deliveries.js";
import { type DueDelivery, mostOfWebhook } from "../store/due-deliveries.js";
import { isDelivered } from "../store/outcome.js";
import { afterAttempt, longestDelayMs } from "./retry.js";
import { send } from "./send.js";

/** Messages on their way at a time: of all webhooks, and of those of one organisation. */
const mostAtOnce = 16;
const mostOfOrg = 4;

/** It looks at least so often while something waits, since the wall clock may be set; and after a failure, milliseconds. */
const longestSleepMs = 60_000;
const troubleMs = 5_000;

/** How long messages on their way have at the end, milliseconds; those that take longer are sent again. */
const farewellMs = 1_000;

interface Flight {
  readonly due: DueDelivery;
  readonly over: Promise<void>;
}

/**
 * Sends what webhooks are to be told. The rows of the store are what it works from; it keeps nothing but what is on its
 * way, so that a restart loses nothing. It sleeps until something is due, or `wake` says that something may be.
 */
export class Dispatcher {
  readonly #services: Services;
  readonly #flights = new Map<string, Flight>();
  /** Ends the waits of the last second. */
  readonly #stop = new AbortController();
  #timer: Timer | undefined;
  #round: Promise<void> = Promise.resolve();
  #isBusy = false;
  #isWanted = false;
  #isEnding = false;
  /** The webhook that had its turn last. */
  #last = "";

  constructor(services: Services) {
    this.#services = services;
  }

  /** Looks at what is due, now or after the look that is under way. */
  wake(): void {
    this.#isWanted = true;
    if (this.#isBusy || this.#isEnding) return;
    this.#isBusy = true;
    this.#round = this.#rounds();
  }

  /** Starts no more; resolves when nothing of it is under way in the store. */
  async end(): Promise<void> {
    this.#isEnding = true;
    this.#timer?.cancel();
    await this.#round;
    const flights = Promise.all([...this.#flights.values()].map(({ over }) => over));
    const farewell = this.#services.world.clock.sleep(farewellMs, this.#stop.signal);
    await Promise.race([flights, farewell]);
    this.#stop.abort();
  }

  async #rounds(): Promise<void> {
    while (this.#isWanted && !this.#isEnding) {
      this.#isWanted = false;
      try {
        await this.#look();
      } catch (error) {
        this.#services.world.log.warn("webhook deliveries not looked at", { reason: reasonOf(error) });
        this.#sleep(troubleMs);
      }
    }
    this.#isBusy = false;
  }

  async #look(): Promise<void> {
    const { store, world } = this.#services;
    await this.#endSome();
    // Whoever lands makes room, and wakes it.
    if (this.#flights.size >= mostAtOnce) return;
    const now = world.clock.now();
    for (const due of await store.deliveries.due(now, this.#last)) if (this.#hasRoomFor(due)) this.#start(due);
    const ahead = await store.deliveries.ahead(now);
    if (!ahead) return;
    if (ahead.last > now + longestDelayMs) {
      await store.deliveries.hasten(now, longestDelayMs);
      this.#isWanted = true;
    }
    this.#sleep(ahead.first - world.clock.now());
  }

  /** Does some of what is left of webhooks that are over; others are looked after in between. */
  async #endSome(): Promise<void> {
    const { store, metrics } = this.#services;
    const failed = await store.webhooks.endSome();
    if (failed === undefined) return;
    if (failed > 0) metrics.deliveries.add("failed", failed);
    this.#isWanted = true;
  }

  #sleep(ms: number): void {
    this.#timer?.cancel();
    if (this.#isEnding) return;
    this.#timer = this.#services.world.clock.after(Math.min(Math.max(ms, 0), longestSleepMs), () => this.wake());
  }

  #hasRoomFor({ id, webhookId, orgId }: DueDelivery): boolean {
    const flying = [...this.#flights.values()].map(({ due }) => due);
    const ofOrg = flying.filter((due) => due.orgId === orgId);
    const ofWebhook = ofOrg.filter((due) => due.webhookId === webhookId);
    return (
      !this.#isEnding &&
      !this.#flights.has(id) &&
      flying.length < mostAtOnce &&
      ofOrg.length < mostOfOrg &&
      ofWebhook.length < mostOfWebhook
    );
  }

  #start(due: DueDelivery): void {
    this.#last = due.webhookId;
    const over = this.#attempt(due).finally(() => {
      this.#flights.delete(due.id);
      this.wake();
    });
    this.#flights.set(due.id, { due, over });
  }

  async #attempt(due: DueDelivery): Promise<void> {
    const { world, version } = this.#services;
    const outcome = await send(world, due, version);
    const { clock, random } = world;
    const attempted = afterAttempt(outcome, { attempts: due.attempts, now: clock.now(), random });
    // What was sent is written down before it can be sent again, however long that takes.
    while (!this.#stop.signal.aborted && !(await this.#note(due, attempted))) {
      await clock.sleep(troubleMs, this.#stop.signal);
    }
  }

  /** False if the store cannot write it down now. */
  async #note(due: DueDelivery, attempted: Attempted): Promise<boolean> {
    const { store, metrics, world } = this.#services;
    const { outcome, nextAt, isGone } = attempted;
    const facts = { webhook: due.webhookId, to: originOf(due.url), outcome };
    try {
      // What was ended meanwhile has been counted.
      if (!(await store.deliveries.attempted(due, attempted))) return true;
      if (isDelivered(outcome)) metrics.deliveries.add("delivered");
      else if (nextAt !== null) metrics.deliveries.add("retry");
      else metrics.deliveries.add("failed");
      if (nextAt === null && !isDelivered(outcome)) world.log.warn("webhook not delivered", { ...facts, isGone });
      return true;
    } catch (error) {
      world.log.warn("webhook delivery not written down", { ...facts, reason: reasonOf(error) });
      return false;
    }
  }
}

/** A URL without what may be secret in it. */
function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : "no URL";
}
