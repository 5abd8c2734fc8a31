import {
  type Channel,
  type ConnectOptions,
  type HttpRequest,
  type HttpResponse,
  type KnockOptions,
  type Listener,
  type ListenOptions,
  type Network,
  NetworkError,
  type Server,
  type UdpPeer,
  type UdpSocket,
  type UpgradeAnswer,
  UpgradeRefused,
} from "../network.js";
import { Attempt, type Pending } from "./attempt.js";
import { type Dial, VirtualChannel } from "./channel.js";
import { Delivery } from "./delivery.js";
import { bufferedRequest, wholeAnswer } from "./http.js";
import { type Destination, type Internet, pathOf, sizeOf } from "./internet.js";
import type { Machine, Service } from "./machine.js";
import { never, type VirtualProcess } from "./process.js";
import { VirtualServer } from "./server.js";
import { VirtualUdp } from "./udp.js";

/** A connection for requests is kept this long after its last use, milliseconds. */
const keepAliveMs = 4_000;
/** Bytes of a request without its body, and of an upgrade. */
const headBytes = 300;
const upgradeBytes = 500;
/** Bytes of a packet that says no more than that it is there. */
const packetBytes = 60;

/** What of a request its connection is made by. */
type Wish = Pick<HttpRequest, "url" | "once" | "tls">;

/** A server that was found, and its machine. */
interface Found {
  readonly service: Service;
  readonly at: Machine;
}

/** A host's network as one of its processes uses it. */
export class VirtualNetwork implements Network {
  /** The connection for requests that is kept, and when it was last used. */
  #kept: Destination | undefined;
  #usedAt = 0;

  constructor(
    private readonly process: VirtualProcess,
    private readonly host: Machine,
    private readonly internet: Internet,
  ) {}

  request(wish: HttpRequest): Promise<HttpResponse> {
    const { process, host } = this;
    const call = process.begin("request");
    if (!call) return never();
    return new Promise((resolve, reject) => {
      const attempt = new Attempt<HttpResponse>(process, call, wish.timeoutMs, { resolve, reject });
      process.note(`sends ${wish.method} ${pathOf(wish.url)}`);
      if (wish.body) process.scheduler.trace.text(wish.body);
      const cut = host.links.cuts(host.index);
      if (cut && host.random.float() < 0.5) attempt.breakAt(host);
      else this.#ask(attempt, wish, cut);
    });
  }

  connect(url: string, { headers = {}, timeoutMs }: ConnectOptions): Promise<Channel> {
    const { process, host } = this;
    const call = process.begin("connect");
    if (!call) return never();
    return new Promise((resolve, reject) => {
      const attempt = new Attempt<Channel>(process, call, timeoutMs, { resolve, reject });
      const path = pathOf(url);
      process.note(`opens a channel to ${path.replace(/\?.*/, "")}`);
      process.scheduler.trace.text(path);
      if (host.links.cuts(host.index)) attempt.breakAt(host);
      else this.#reach(attempt, { url }, upgradeBytes, (found) => this.#upgrade(attempt, found, path, headers));
    });
  }

  listen(options: ListenOptions, listener: Listener): Promise<Server> {
    return this.process.operation("listen", 0, () => new VirtualServer(this.process, this.host, options, listener));
  }

  knock({ host: name, port, timeoutMs }: KnockOptions): Promise<void> {
    const { process, host } = this;
    const call = process.begin("knock");
    if (!call) return never();
    return new Promise((resolve, reject) => {
      const attempt = new Attempt<void>(process, call, timeoutMs, { resolve, reject });
      process.note(`knocks at ${name}:${port}`);
      if (host.links.cuts(host.index)) return attempt.breakAt(host);
      this.#find(attempt, name, (at) => {
        const arrived = (): void => {
          const error = this.#closed({ name, port }, at);
          if (at.links.cuts(at.index)) attempt.breakAt(at);
          else this.#back(attempt, at, packetBytes, () => (error ? attempt.fail(error) : attempt.succeed()));
        };
        Delivery.send(process.scheduler, host, at, { bytes: packetBytes, wanted: () => attempt.open }, arrived);
      });
    });
  }

  udp(options: UdpPeer, receive: (data: Uint8Array, from: UdpPeer) => void): Promise<UdpSocket> {
    const { process, host, internet } = this;
    return process.operation("udp", 0, () => new VirtualUdp(process, host, internet, options, receive));
  }

  /** @param cut the connection breaks once the server has answered. */
  #ask(attempt: Attempt<HttpResponse>, wish: HttpRequest, cut: boolean): void {
    const { process } = this;
    this.#reach(attempt, wish, (wish.body?.length ?? 0) + headBytes, (found) => {
      const { service, at } = found;
      const answer = service.listener
        .request(bufferedRequest(wish), { address: this.#addressAt(at) })
        .then(wholeAnswer, () => ({ status: 500, headers: {}, body: "" }));
      this.#serve(attempt, found, answer, (whole) => {
        if (whole instanceof NetworkError) return this.#back(attempt, at, headBytes, () => attempt.fail(whole));
        const response = begun(whole, wish);
        const hear = (): void => {
          process.note(`gets ${response.status} from ${pathOf(wish.url)}`);
          process.scheduler.trace.text(response.body);
          attempt.succeed(response);
        };
        if (cut || at.links.cuts(at.index)) attempt.breakAt(at);
        else this.#back(attempt, at, sizeOf(response), hear);
      });
    });
  }

  #upgrade(attempt: Attempt<Channel>, found: Found, path: string, headers: Readonly<Record<string, string>>): void {
    const { process, host } = this;
    const { service, at } = found;
    const wish = {
      url: new URL(path, "http://host"),
      headers: lowered(headers),
      peer: { address: this.#addressAt(at) },
    };
    const verdict = service.listener.upgrade(wish).catch((): UpgradeAnswer => ({ refuse: 500 }));
    this.#serve(attempt, found, verdict, (answer) => {
      if (service.closing || "refuse" in answer) {
        const { refuse, headers } = "refuse" in answer ? answer : ({ refuse: 503 } satisfies UpgradeAnswer);
        const refused = new UpgradeRefused(refuse, headers?.["retry-after"]);
        return this.#back(attempt, at, headBytes, () => attempt.fail(refused));
      }
      const dial: Dial = {
        opened: (channel) => {
          if (!attempt.succeed(channel)) channel.terminate();
        },
        broken: () => attempt.fail(new NetworkError("read ECONNRESET")),
      };
      const taker = { process: service.process, host: at, channels: service.channels };
      answer.accept(VirtualChannel.pair({ process, host, dial }, taker).server);
    });
  }

  /** Gets to the server that a URL names, or fails the attempt as its network would. */
  #reach(attempt: Pending, wish: Wish, bytes: number, found: (found: Found) => void): void {
    const destination = this.internet.destination(wish.url);
    if (destination) this.#call(attempt, wish, destination, bytes, found);
    else this.#failHere(attempt, new NetworkError("Invalid URL"));
  }

  #call(attempt: Pending, wish: Wish, destination: Destination, bytes: number, found: (found: Found) => void): void {
    this.#find(attempt, destination.name, (at) => {
      const roundTrips = this.#handshakes(destination, wish);
      const options = { bytes, roundTrips, wanted: () => attempt.open };
      Delivery.send(this.process.scheduler, this.host, at, options, () => {
        const service = at.services.get(destination.port);
        const error = this.#closed(destination, at) ?? this.#refusal(destination, service, wish);
        if (error) this.#back(attempt, at, 0, () => attempt.fail(error));
        else if (service) found({ service, at });
      });
    });
  }

  /** The machine of a name, or the attempt's failure. */
  #find(attempt: Pending, name: string, found: (at: Machine) => void): void {
    const at = this.internet.find(name, this.host);
    if (at) found(at);
    else this.#failHere(attempt, new NetworkError(`getaddrinfo ENOTFOUND ${name}`, { kind: "dns" }));
  }

  /** Fails an attempt that never left this host. */
  #failHere(attempt: Pending, error: NetworkError): void {
    this.#back(attempt, this.host, 0, () => attempt.fail(error));
  }

  /** Round trips before the first byte of a request: TCP's and TLS's handshake, unless a connection is there. */
  #handshakes(destination: Destination, { once, tls }: Wish): number {
    const handshakes = destination.tls ? 2 : 1;
    if (once || tls) return handshakes;
    const { now } = this.process.scheduler;
    const kept = this.#kept === destination && now - this.#usedAt <= keepAliveMs;
    this.#kept = destination;
    this.#usedAt = now;
    return kept ? 0 : handshakes;
  }

  /** Why a machine does not take a connection, if it does not. */
  #closed({ name, port }: Pick<Destination, "name" | "port">, at: Machine): NetworkError | undefined {
    const service = at.services.get(port);
    const open = service?.process.alive && (!service.local || at === this.host);
    return open ? undefined : new NetworkError(`connect ECONNREFUSED ${name}:${port}`);
  }

  /** Why nothing can be said on a connection that was taken. */
  #refusal({ tls }: Destination, service: Service | undefined, wish: Wish): NetworkError | undefined {
    if (tls && !service?.tls) return new NetworkError("wrong version number", { kind: "tls" });
    if (service?.tls && !tls) return new NetworkError("other side closed");
    if (tls && !this.host.link.trusts && wish.tls?.verify !== false)
      return new NetworkError("unable to verify the first certificate", { kind: "tls" });
    return undefined;
  }

  /** Sends something of the server's back to this process. */
  #back(attempt: Pending, at: Machine, bytes: number, act: () => void): void {
    Delivery.send(this.process.scheduler, at, this.host, { bytes, wanted: () => attempt.open }, act);
  }

  /** Runs a server's code for an attempt; the attempt fails when the server's process ends before it has answered. */
  #serve<T>(attempt: Pending, { service, at }: Found, code: Promise<T>, then: (value: T) => void): void {
    const drop = (): void => {
      if (at.powered) this.#back(attempt, at, 0, () => attempt.fail(new NetworkError("other side closed")));
    };
    service.answering.add(drop);
    const release = service.process.holds(drop);
    void code.then((value) => {
      release();
      // An answer that was dropped comes too late.
      if (service.answering.delete(drop) && service.process.alive) then(value);
    });
  }

  #addressAt(at: Machine): string {
    return at === this.host ? "127.0.0.1" : this.host.address;
  }
}

/** An answer with no more of its body than is wanted. */
function begun(answer: HttpResponse, { method, answerLimit }: HttpRequest): HttpResponse {
  const limit = method === "HEAD" ? 0 : answerLimit;
  return limit === undefined ? answer : { ...answer, body: answer.body.slice(0, limit) };
}

function lowered(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
