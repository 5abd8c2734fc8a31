import type { Channel, Listener, ListenOptions, Message, UdpPeer } from "../../../src/world/network.js";
import type { World } from "../../../src/world/world.js";

/** Where the promises of `Network` are tried: a server's host and the hosts of its clients. */
export interface Stage {
  readonly server: World;
  /** A new process that trusts the server's certificate. */
  device(): World;
  /** A new process that trusts no certificate of the server's. */
  stranger(): World;
  /** What the server listens on. */
  readonly host: string;
  /** What the server's host is called by clients. */
  readonly name: string;
  readonly tls: NonNullable<ListenOptions["tls"]>;
}

/** Runs a trial on a stage of its own and returns what it returned. */
export type Perform = <T>(trial: (stage: Stage) => Promise<T>) => Promise<T>;

export const patience = { timeoutMs: 5_000 };

/** Answers with what it was asked; takes channels at /echo, and others with a 401. */
export const echo: Listener = {
  request: async (request, peer) =>
    new Response(JSON.stringify({ method: request.method, body: await request.text(), peer: peer.address }), {
      status: 201,
      headers: { "X-Mark": "1" },
    }),
  upgrade: async ({ url }) =>
    url.pathname === "/echo"
      ? {
          accept: (channel) =>
            channel.listen({
              message: (message) => (message === "bye" ? channel.close(4001, "asked to") : channel.send(message)),
            }),
        }
      : { refuse: 401 },
};

/** A promise that the test resolves. */
export function moment<T>(): { readonly come: Promise<T>; readonly resolve: (value: T) => void } {
  const resolvers: ((value: T) => void)[] = [];
  const come = new Promise<T>((resolve) => resolvers.push(resolve));
  return { come, resolve: (value) => resolvers[0]?.(value) };
}

/** The next message, or the code of the close. */
export function next(channel: Channel): Promise<Message | number> {
  return new Promise((resolve) => channel.listen({ message: resolve, close: resolve }));
}

/** Takes every channel and hands each over. */
export function accepting(accept: (channel: Channel) => void): Listener {
  return { ...echo, upgrade: async () => ({ accept }) };
}

export function get(world: World, url: string, timeoutMs = patience.timeoutMs) {
  return world.network.request({ method: "GET", url, timeoutMs });
}

/** Why a promise was rejected; undefined if it was not. */
export function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** A UDP port and what it receives, one after the other. */
export async function udpPort(world: World, options: UdpPeer) {
  const received: { readonly text: string; readonly from: UdpPeer }[] = [];
  const waiting: (() => void)[] = [];
  const socket = await world.network.udp(options, (data, from) => {
    received.push({ text: Buffer.from(data).toString(), from });
    for (const wake of waiting.splice(0)) wake();
  });
  return {
    socket,
    /** Texts so far. */
    texts: () => received.map(({ text }) => text),
    /** The datagram of a number, as soon as it is there. */
    async datagram(index = 0) {
      for (;;) {
        const found = received[index];
        if (found) return found;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
  };
}
