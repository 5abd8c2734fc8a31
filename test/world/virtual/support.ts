import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Channel, HttpResponse, Message } from "../../../src/world/network.js";
import { type LinkProfile, linkProfiles, type VirtualHost, VirtualWorld } from "../../../src/world/virtual/index.js";
import { accepting, moment } from "../contract/stage.js";

/** No delay, no loss. */
export const still: LinkProfile = { ...linkProfiles.none };
export const minute = 60_000;

interface Ends {
  readonly near: Channel;
  readonly far: Channel;
  readonly box: VirtualHost;
  readonly shop: VirtualHost;
}

/** A device "box" with a channel to a server "shop", which has no delay of its own. */
export async function connected(virtual: VirtualWorld, link: LinkProfile = linkProfiles.lan): Promise<Ends> {
  const shop = virtual.host("shop", still);
  const box = virtual.host("box", link);
  const accepted = moment<Channel>();
  await shop.boot().network.listen({ host: "0.0.0.0", port: 80 }, accepting(accepted.resolve));
  const near = await box.boot().network.connect("ws://shop/", { timeoutMs: 60_000 });
  return { near, far: await accepted.come, box, shop };
}

/** A process on a host of its own, which waits while others live and die. */
export function onlooker(virtual: VirtualWorld) {
  return virtual.host("onlooker", still).boot().clock;
}

/** Plays on a box of a world of its own and returns its trace, without the times. */
export async function played(play: (box: VirtualHost, virtual: VirtualWorld) => Promise<unknown>): Promise<string[]> {
  const entries: string[] = [];
  const virtual = new VirtualWorld({
    seed: 1,
    tell: ({ host, what }) => entries.push(`${host} ${what}`),
  });
  await virtual.run(async () => {
    await play(virtual.host("box", still), virtual);
    await onlooker(virtual).sleep(minute);
  });
  return entries;
}

/** What an end of a channel hears, closes by their code, with the time of each. */
export function diary(virtual: VirtualWorld, channel: Channel) {
  const entries: { readonly at: number; readonly what: Message | number }[] = [];
  const note = (what: Message | number): unknown => entries.push({ at: virtual.now, what });
  channel.listen({ message: note, close: note });
  return { entries, heard: () => entries.map(({ what }) => what) };
}

/** The status of an answer, or why there is none. */
export function answerOf(answer: Promise<HttpResponse>): Promise<unknown> {
  return answer.then(
    ({ status }) => status,
    (error: unknown) => String(error),
  );
}

export const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index));

/** Collects what nobody holds any more. */
export function garbageCollector(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc");
}
