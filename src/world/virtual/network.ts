import { FirstbootError } from "../../error.js";
import {
  type Channel,
  type ConnectOptions,
  type HttpRequest,
  type HttpResponse,
  type Listener,
  type ListenOptions,
  type Network,
  NetworkError,
  type Server,
  type UdpPeer,
  UpgradeRefused,
} from "../network.js";
import { VirtualChannel } from "./channel.js";
import { Delivery } from "./delivery.js";
import { bufferedRequest, wholeAnswer } from "./http.js";
import { type Destination, type Internet, isLoopback, isOwn, pathOf, sizeOf } from "./internet.js";
import type { Machine, Service, UdpPort } from "./machine.js";
import { type Call, never, type VirtualProcess } from "./process.js";

/** A connection for requests is kept this long after its last answer, milliseconds. */
const keepAliveMs = 4_000;
/** What a closing server allows what is under way, milliseconds. */
const farewellMs = 1_000;
const goingAway = 1001;
const firstFreePort = 40_000;

/** A host's network as one of its processes uses it. */
export function virtualNetwork(process: VirtualProcess, host: Machine, internet: Internet): Network {
  const { scheduler } = process;
  const kept = new Map<string, number>();

  /** Round trips before the first byte of a request: TCP's and TLS's handshake, unless a connection is there. */
  function handshakes({ name, port, tls }: Destination): number {
    const key = `${name}:${port}`;
    const lastUsed = kept.get(key) ?? Number.NEGATIVE_INFINITY;
    kept.set(key, scheduler.now);
    return scheduler.now - lastUsed <= keepAliveMs ? 0 : tls ? 2 : 1;
  }

  /** Sends a request to the server at a destination, or fails the attempt as its network would. */
  function reach(
    attempt: Pending,
    destination: Destination,
    bytes: number,
    serve: (service: Service, at: Machine) => void,
  ) {
    const { name, port, tls } = destination;
    const at = internet.find(name, host);
    const wanted = () => attempt.open;
    if (!at) {
      const fail = () => attempt.fail(new NetworkError(`getaddrinfo ENOTFOUND ${name}`, { kind: "dns" }));
      return Delivery.send(scheduler, host, host, { bytes: 0, wanted }, fail);
    }
    const roundTrips = handshakes(destination);
    Delivery.send(scheduler, host, at, { bytes, roundTrips, wanted }, () => {
      const service = at.services.get(port);
      const refuse = (error: NetworkError): void => back(attempt, at, 0, () => attempt.fail(error));
      if (!service?.process.alive || (service.local && at !== host))
        return refuse(new NetworkError(`connect ECONNREFUSED ${name}:${port}`));
      if (tls && !service.tls) return refuse(new NetworkError("wrong version number", { kind: "tls" }));
      if (service.tls && !tls) return refuse(new NetworkError("other side closed"));
      if (tls && !host.link.trusts)
        return refuse(new NetworkError("unable to verify the first certificate", { kind: "tls" }));
      serve(service, at);
    });
  }

  /** Sends something of the server's back to this process. */
  function back(attempt: Pending, at: Machine, bytes: number, act: () => void): void {
    Delivery.send(scheduler, at, host, { bytes, wanted: () => attempt.open }, act);
  }

  /** Runs a server's code for an attempt; the attempt fails when the server's process ends before it has answered. */
  function answering<T>(
    attempt: Pending,
    { service, at }: { service: Service; at: Machine },
    code: Promise<T>,
    then: (value: T) => void,
  ): void {
    const drop = (): void => {
      if (at.powered) back(attempt, at, 0, () => attempt.fail(new NetworkError("other side closed")));
    };
    service.answering.add(drop);
    const release = service.process.holds(drop);
    void code.then((value) => {
      release();
      // An answer that was dropped comes too late.
      if (service.answering.delete(drop) && service.process.alive) then(value);
    });
  }

  function request(wish: HttpRequest): Promise<HttpResponse> {
    const call = process.begin("request");
    if (!call) return never();
    return new Promise((resolve, reject) => {
      const attempt = new Attempt<HttpResponse>(process, call, wish.timeoutMs, resolve, reject);
      process.note(`sends ${wish.method} ${pathOf(wish.url)}`);
      if (wish.body) scheduler.trace.text(wish.body);
      const cut = host.link.cuts();
      if (cut && host.random.float() < 0.5) return attempt.breakLater(host);
      reach(attempt, internet.destination(wish.url), (wish.body?.length ?? 0) + 300, (service, at) => {
        const answer = service.listener
          .request(bufferedRequest(wish), { address: at === host ? "127.0.0.1" : host.address })
          .then(wholeAnswer, () => ({ status: 500, headers: {}, body: "" }));
        answering(attempt, { service, at }, answer, (response) => {
          if (cut || at.link.cuts()) return attempt.breakLater(at);
          back(attempt, at, sizeOf(response), () => {
            process.note(`gets ${response.status} from ${pathOf(wish.url)}`);
            scheduler.trace.text(response.body);
            attempt.succeed(response);
          });
        });
      });
    });
  }

  function connect(url: string, { headers = {}, timeoutMs }: ConnectOptions): Promise<Channel> {
    const call = process.begin("connect");
    if (!call) return never();
    return new Promise((resolve, reject) => {
      const attempt = new Attempt<Channel>(process, call, timeoutMs, resolve, reject);
      const path = pathOf(url);
      process.note(`opens a channel to ${path.replace(/\?.*/, "")}`);
      scheduler.trace.text(path);
      if (host.link.cuts()) return attempt.breakLater(host);
      reach(attempt, internet.destination(url), 500, (service, at) => {
        const peer = { address: at === host ? "127.0.0.1" : host.address };
        const upgrade = { url: new URL(path, "http://host"), headers: lowered(headers), peer };
        const verdict = service.listener.upgrade(upgrade).catch(() => ({ refuse: 500 }) as const);
        answering(attempt, { service, at }, verdict, (answer) => {
          const refuse = service.closing ? 503 : "refuse" in answer ? answer.refuse : undefined;
          if (refuse !== undefined || "refuse" in answer) {
            return back(attempt, at, 100, () => attempt.fail(new UpgradeRefused(refuse ?? 500)));
          }
          const opened = (channel: Channel): void => {
            if (!attempt.succeed(channel)) channel.terminate();
          };
          const pair = VirtualChannel.pair({ process, host, opened }, { process: service.process, host: at });
          service.channels.add(pair.server);
          answer.accept(pair.server);
        });
      });
    });
  }

  function listen(options: ListenOptions, listener: Listener): Promise<Server> {
    return process.operation("listen", 0, () => {
      const port = claim(options, host, host.services);
      const service: Service = {
        process,
        listener,
        local: isLoopback(options.host),
        tls: options.tls !== undefined,
        answering: new Set(),
        channels: new Set(),
        closing: false,
      };
      host.services.set(port, service);
      const release = process.holds(() => host.services.delete(port));
      const close = (): Promise<void> => {
        release();
        host.services.delete(port);
        return sayGoodbye(service);
      };
      return { host: options.host, port, close };
    });
  }

  /** Lets what is under way end, for a while. */
  async function sayGoodbye(service: Service): Promise<void> {
    const { answering, channels } = service;
    service.closing = true;
    for (const channel of channels) channel.close(goingAway, "the server stops");
    const end = scheduler.now + farewellMs;
    const busy = (): boolean => answering.size > 0 || [...channels].some((channel) => host.channels.has(channel));
    while (busy() && scheduler.now < end) await process.operation("close", 20, () => {});
    for (const drop of answering) drop();
    answering.clear();
    for (const channel of channels) channel.terminate();
  }

  return {
    request,
    connect,
    listen,
    udp: (options, receive) =>
      process.operation("udp", 0, () => {
        const port = claim(options, host, host.udpPorts);
        const own: UdpPort = { process, local: isLoopback(options.host), receive };
        host.udpPorts.set(port, own);
        const close = (): void => {
          release();
          if (host.udpPorts.get(port) === own) host.udpPorts.delete(port);
        };
        const release = process.holds(close);
        const send = (data: Uint8Array, to: UdpPeer): void => {
          scheduler.enter();
          if (host.udpPorts.get(port) === own) sendDatagram(data, port, to);
        };
        return { host: options.host, port, send, close };
      }),
  };

  /** Once, late, or never. */
  function sendDatagram(data: Uint8Array, port: number, to: UdpPeer): void {
    const at = internet.find(to.host, host);
    const packet = at === host ? 0 : host.link.packet() + (at?.link.packet() ?? 0);
    if (!at || packet === Number.POSITIVE_INFINITY) return;
    const copy = Uint8Array.from(data);
    const size = data.length + 28;
    const { now } = scheduler;
    const queued = at === host ? 0 : host.link.queue(size, "out", now) + at.link.queue(size, "in", now);
    const from: UdpPeer = { host: at === host ? "127.0.0.1" : host.address, port };
    scheduler.after(queued + packet, {
      fire: () => {
        const target = at.udpPorts.get(to.port);
        if (!target?.process.alive || !host.reaches(at) || (target.local && at !== host)) return;
        scheduler.trace.events++;
        target.process.note(`receives ${copy.length} bytes by UDP`);
        scheduler.trace.bytes(copy);
        target.receive(copy, from);
      },
    });
  }
}

/** An attempt whose outcome is still open, whatever it will be. */
interface Pending {
  readonly open: boolean;
  fail(error: Error): void;
}

/** A request or a dial until it has its outcome, within its time. */
class Attempt<T> {
  #open = true;
  readonly #timer: { cancelled: boolean };

  constructor(
    private readonly process: VirtualProcess,
    private readonly call: Call,
    timeoutMs: number,
    private readonly resolve: (value: T) => void,
    private readonly reject: (error: Error) => void,
  ) {
    const timer = { cancelled: false };
    this.#timer = timer;
    const timedOut = () => new NetworkError(`no answer within ${timeoutMs} ms`, { kind: "timeout" });
    process.scheduler.after(timeoutMs, { fire: () => !timer.cancelled && this.fail(timedOut()) });
  }

  get open(): boolean {
    return this.#open && this.process.alive;
  }

  succeed(value: T): boolean {
    return this.#settle(() => this.resolve(value));
  }

  fail(error: Error): void {
    if (this.open) this.process.note(`fails: ${error.message}`);
    this.#settle(() => this.reject(error));
  }

  /** The connection breaks: the caller is told at once, or only by its own patience. */
  breakLater(host: Machine): void {
    if (host.random.float() < 0.5)
      this.process.scheduler.after(0, { fire: () => this.fail(new NetworkError("read ECONNRESET")) });
  }

  #settle(act: () => void): boolean {
    if (!this.#open) return false;
    this.#open = false;
    this.#timer.cancelled = true;
    if (!this.process.survives(this.call)) return false;
    act();
    return true;
  }
}

/** A port that this host can listen on. Throws FB1004. */
function claim(
  { host: address, port }: { readonly host: string; readonly port: number },
  host: Machine,
  taken: ReadonlyMap<number, { readonly process: VirtualProcess }>,
): number {
  if (!isOwn(host, address)) throw cannotListen(address, port, "this machine does not have the address");
  if (port === 0) return freePort(taken);
  if (taken.get(port)?.process.alive) throw cannotListen(address, port, "the port is in use");
  return port;
}

function freePort(taken: ReadonlyMap<number, unknown>): number {
  let port = firstFreePort;
  while (taken.has(port)) port++;
  return port;
}

function cannotListen(host: string, port: number, why: string): FirstbootError {
  return new FirstbootError("FB1004", {
    what: `cannot listen on ${host}:${port}`,
    why,
    fix: "choose another port (0 takes a free one) or address",
  });
}

function lowered(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
