import { WebSocket } from "ws";
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
  UpgradeRefused,
} from "../network.js";
import type { Process } from "../process.js";
import { SocketChannel } from "./channel.js";
import { knock } from "./knock.js";
import { networkError } from "./network-error.js";
import { HttpClient } from "./request.js";
import { serve } from "./server.js";
import { type TlsTrust, type TrustOptions, trustWithIdentity } from "./trust.js";
import { openUdp } from "./udp.js";

/** What a server may say in one message, bytes. One that says more is left (1009). */
const longestMessage = 8 << 20;

export type RealNetworkOptions = TrustOptions;

/** The machine's network for one process. Its connections are its own and die with it. A class, since there are thousands. */
export class RealNetwork implements Network {
  readonly #trust: TlsTrust;
  readonly #http: HttpClient;

  /** Throws FB1002 for an authority or an identity that cannot be used. */
  constructor(
    private readonly process: Process,
    options: RealNetworkOptions,
  ) {
    this.#trust = trustWithIdentity(options);
    this.#http = new HttpClient(process, options, this.#trust);
  }

  request(request: HttpRequest): Promise<HttpResponse> {
    return this.process.wait(this.#http.request(request));
  }

  connect(url: string, options: ConnectOptions): Promise<Channel> {
    return this.process.wait(openChannel(this.process, this.#trust, url, options));
  }

  listen(options: ListenOptions, listener: Listener): Promise<Server> {
    return serve(this.process, options, listener);
  }

  knock(at: KnockOptions): Promise<void> {
    return knock(this.process, at);
  }

  udp(options: UdpPeer, receive: (data: Uint8Array, from: UdpPeer) => void): Promise<UdpSocket> {
    return openUdp(this.process, options, receive);
  }
}

function openChannel(
  process: Process,
  trust: TlsTrust,
  url: string,
  { headers, timeoutMs }: ConnectOptions,
): Promise<Channel> {
  return new Promise((resolve, reject) => {
    if (!URL.canParse(url)) return reject(new NetworkError("Invalid URL"));
    const socket = new WebSocket(url, {
      perMessageDeflate: false,
      maxPayload: longestMessage,
      handshakeTimeout: timeoutMs,
      ...(headers && { headers }),
      ...trust,
    });
    const channel = new SocketChannel(process, socket);
    socket.once("open", () => resolve(channel));
    socket.once("unexpected-response", (_request, answer) => {
      reject(new UpgradeRefused(answer.statusCode ?? 0, answer.headers["retry-after"]));
      socket.terminate();
    });
    socket.once("error", (error) => reject(networkError(error)));
  });
}
