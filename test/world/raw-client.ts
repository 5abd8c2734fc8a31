import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { onTestFinished } from "vitest";

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A client that sends whatever bytes a test gives it. */
export class RawClient {
  /** Resolves when the other end has closed, however it did. */
  readonly closed: Promise<void>;
  #heard = "";
  #wake: () => void = () => {};

  private constructor(readonly socket: Duplex) {
    socket.on("data", (bytes: Buffer) => {
      this.#heard += bytes.toString("latin1");
      this.#wake();
    });
    socket.on("error", () => {});
    this.closed = new Promise((resolve) => socket.once("close", resolve));
    void this.closed.then(() => this.#wake());
    onTestFinished(() => void socket.destroy());
  }

  static async connect(port: number, address = "127.0.0.1"): Promise<RawClient> {
    const socket = connect({ port, host: "127.0.0.1", localAddress: address });
    await new Promise((resolve) => socket.once("connect", resolve).once("error", resolve));
    return new RawClient(socket);
  }

  /** After a TLS handshake with a server whose certificate is not looked at. */
  static async connectTls(port: number): Promise<RawClient> {
    const socket = connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false });
    await new Promise((resolve) => socket.once("secureConnect", resolve).once("error", resolve));
    return new RawClient(socket);
  }

  /** Sends lines of a request, each ended as HTTP has it; an empty last one ends the headers. */
  lines(...lines: readonly string[]): this {
    return this.bytes(lines.map((line) => `${line}\r\n`).join(""));
  }

  bytes(bytes: string | Buffer): this {
    this.socket.write(bytes);
    return this;
  }

  /** The next whole answer. Rejects if the connection closes without one. */
  async answer(): Promise<RawAnswer> {
    for (;;) {
      const end = this.#heard.indexOf("\r\n\r\n");
      const [start = "", ...lines] = this.#heard.slice(0, Math.max(0, end)).split("\r\n");
      const headers = Object.fromEntries(
        lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
      );
      const length = Number(headers["content-length"] ?? 0);
      if (end >= 0 && this.#heard.length >= end + 4 + length) {
        const body = this.#heard.slice(end + 4, end + 4 + length);
        this.#heard = this.#heard.slice(end + 4 + length);
        return { status: Number(start.split(" ")[1]), headers, body };
      }
      if (this.socket.destroyed) throw new Error(`closed after ${JSON.stringify(this.#heard.slice(0, 200))}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
