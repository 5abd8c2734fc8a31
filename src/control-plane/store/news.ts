import type { AlertItem, WebhookEvent } from "../../protocol/integration/schema.js";
import type { Tx } from "./schema.js";

/** Something that was committed and that others act upon. */
export interface News {
  readonly type: WebhookEvent["type"] | "webhook.deleted";
  /** Null: it is not about one. */
  readonly alert: AlertItem | null;
  /** How many webhooks are to hear of it. */
  readonly deliveries: number;
}

const bulletins = new WeakMap<Tx, Bulletin>();

/** What the commands of a transaction have to tell once it is committed. */
export class Bulletin {
  #items: News[] = [];
  #read: (news: News) => void = () => {};

  constructor(tx: Tx) {
    bulletins.set(tx, this);
  }

  /** Sets the one reader. */
  listen(read: (news: News) => void): void {
    this.#read = read;
  }

  get length(): number {
    return this.#items.length;
  }

  add(news: News): void {
    this.#items.push(news);
  }

  /** Forgets all but the first so many: what they told was undone. */
  cut(length: number): void {
    this.#items.length = length;
  }

  /** Tells all, after the commit. */
  publish(): void {
    for (const news of this.#items.splice(0)) this.#read(news);
  }
}

/** Tells something once the transaction of a command is committed, and never if it is undone. */
export function announce(tx: Tx, news: News): void {
  bulletins.get(tx)?.add(news);
}
