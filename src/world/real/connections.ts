import type { Socket } from "node:net";
import type { ServerLimits } from "../network.js";
import { sourceOf } from "../source.js";

/** A server's connections below TLS, where a stranger who never shakes hands is one too. */
export class Connections {
  readonly #open = new Set<Socket>();
  readonly #bySource = new Map<string, number>();

  constructor(
    private readonly limits: Pick<ServerLimits, "connectionsPerSource">,
    private readonly isProxy: (address: string) => boolean,
  ) {}

  /** Takes a connection in until it closes, or closes it at once where its source has enough. */
  admit(socket: Socket): void {
    const address = plainAddress(socket.remoteAddress);
    const source = this.isProxy(address) ? undefined : sourceOf(address);
    const others = source === undefined ? 0 : (this.#bySource.get(source) ?? 0);
    if (others >= this.limits.connectionsPerSource) {
      socket.destroy();
      return;
    }
    this.#open.add(socket);
    if (source !== undefined) this.#bySource.set(source, others + 1);
    socket.on("close", () => {
      this.#open.delete(socket);
      if (source !== undefined) this.#leave(source);
    });
  }

  /** Closes all of them without a goodbye. */
  drop(): void {
    for (const socket of this.#open) socket.destroy();
  }

  #leave(source: string): void {
    const left = (this.#bySource.get(source) ?? 0) - 1;
    if (left > 0) this.#bySource.set(source, left);
    else this.#bySource.delete(source);
  }
}

/** An address of a socket as text; IPv4 on an IPv6 port is IPv4. */
export function plainAddress(address: string | undefined): string {
  return (address ?? "").replace(/^::ffff:/, "");
}
