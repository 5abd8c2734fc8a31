export type HttpMethod = "GET" | "HEAD" | "OPTIONS" | "POST" | "PUT" | "PATCH" | "DELETE";

/** An HTTP request of a device: whole, in text, with a limit on its total time. */
export interface HttpRequest {
  readonly method: HttpMethod;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  /**
   * Of the answer's body no more is read than this, bytes, counted when it is decompressed: for servers that may send without
   * end. 0: status and headers are enough, and nobody waits for the body. If absent all of it is read, and a body longer
   * than `longestAnswer` is a failure.
   */
  readonly answerLimit?: number;
  /** How the server of an https URL is told from others; as the network's own trust has it, if absent. */
  readonly tls?: ServerCheck;
  /** The connection is this request's alone and closed after it. */
  readonly once?: true;
}

/** Of a server that is not the one that the network's trust and identity are meant for: it is not shown the identity. */
export interface ServerCheck {
  /** False: its certificate is not looked at. */
  readonly verify?: false;
  /** The name that it is asked for (SNI) and that its certificate must have, instead of the URL's. */
  readonly serverName?: string;
}

/** The longest body of an answer that is read whole, bytes. */
export const longestAnswer = 64 << 20;

/** An HTTP answer with as much of its body as was wanted, decompressed if it came as gzip. Header names are lower case. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A text frame, or the bytes of a binary one. */
export type Message = string | Uint8Array;

/** What a channel tells its owner; every event comes in order, one at a time. */
export interface ChannelListener {
  message?(message: Message): void;
  /** A protocol ping came; the channel has answered it. */
  ping?(): void;
  pong?(): void;
  /** The last event. Code 1006: gone without a close frame. */
  close?(code: number, reason: string): void;
}

/** A WebSocket seen as messages. */
export interface Channel {
  readonly open: boolean;
  /** Nothing happens on a channel that is not open. */
  send(message: Message): void;
  /** Sends a protocol ping with an empty payload. */
  ping(): void;
  /** Says goodbye with a close frame. */
  close(code?: number, reason?: string): void;
  /** Drops the connection without a goodbye. */
  terminate(): void;
  /** Sets the one listener; events that came before are delivered at once. */
  listen(listener: ChannelListener): void;
}

export interface ConnectOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** A TCP port of others. */
export interface KnockOptions {
  /** A name, or an IP address without brackets. */
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
}

/** The other end of a request, as the server sees it. */
export interface Peer {
  /** IP address without port. */
  readonly address: string;
}

/** A wish to open a channel, before the handshake. */
export interface UpgradeRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly peer: Peer;
}

/** What the server says to it: a status refuses before the handshake, a function takes the channel. */
export type UpgradeAnswer =
  | { readonly refuse: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly accept: (channel: Channel) => void };

/** Why something never became a request: malformed, too slow, expecting the unknown, too large in its headers. */
export type UnreadableStatus = 400 | 408 | 417 | 431;

/** A server: pure functions from requests to answers, which any Network can carry. */
export interface Listener {
  request(request: Request, peer: Peer): Promise<Response>;
  upgrade(request: UpgradeRequest): Promise<UpgradeAnswer>;
  /** The answer to what never became a request; without it an empty one. */
  unreadable?(status: UnreadableStatus): HttpResponse;
}

/** What strangers may take of a server. Times are those of requests: a channel has none. */
export interface ServerLimits {
  /** The headers of a request together, bytes. */
  readonly headerBytes: number;
  /** Connections at a time, channels among them. More are closed at once. */
  readonly connections: number;
  /** Of these, how many may come from one source: an IPv4 address, or an IPv6 network of 64 bits. */
  readonly connectionsPerSource: number;
  /** TLS handshakes at a time. More connections are closed at once. */
  readonly handshakes: number;
  /** How long a TLS handshake and the headers of a request may take each, milliseconds. */
  readonly headersTimeoutMs: number;
  /** How long a whole request may take to arrive, milliseconds. */
  readonly requestTimeoutMs: number;
  /** How long nothing may move before an answer is there and read, milliseconds; longer than any answer is waited for. */
  readonly silenceMs: number;
  /** How long a connection is kept for the next request, milliseconds. */
  readonly keepAliveMs: number;
}

/** Wide enough for an office behind one address, narrow enough for a small machine. */
export const defaultLimits: ServerLimits = {
  headerBytes: 16 << 10,
  connections: 20_000,
  connectionsPerSource: 4_000,
  handshakes: 4_000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  silenceMs: 300_000,
  keepAliveMs: 65_000,
};

export interface ListenOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** PEM texts; without them the server speaks plain HTTP. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Where they differ from `defaultLimits`. A network without real connections has none. */
  readonly limits?: Partial<ServerLimits>;
  /** Whether an address speaks for many, as a proxy does, and may have more connections than one source. */
  readonly isProxy?: (address: string) => boolean;
  /**
   * This process does nothing but serve: its global `Request` and `Response` may be replaced by ones that are cheaper to
   * make. Left alone if absent.
   */
  readonly ownsProcess?: boolean;
}

export interface Server {
  readonly host: string;
  readonly port: number;
  /**
   * Stops accepting, says goodbye to every channel and lets requests end; what is still open after a second is dropped.
   * Resolves when all is gone.
   */
  close(): Promise<void>;
}

/** An answer other than a WebSocket handshake. */
export class UpgradeRefused extends Error {
  override readonly name = "UpgradeRefused";
  constructor(
    readonly status: number,
    /** The answer's `Retry-After`, as it is written. */
    readonly retryAfter?: string,
  ) {
    super(`the server refused the channel with status ${status}`);
  }
}

export type NetworkErrorKind = "dns" | "network" | "tls" | "timeout";

/** A failure below HTTP: name resolution, connection, TLS, time-out, a broken answer (`network`, like a lost connection). */
export class NetworkError extends Error {
  override readonly name = "NetworkError";
  readonly kind: NetworkErrorKind;
  constructor(message: string, { kind = "network", cause }: { kind?: NetworkErrorKind; cause?: unknown } = {}) {
    super(message, { cause });
    this.kind = kind;
  }
}

/** One end of a datagram's way. */
export interface UdpPeer {
  /** IP address, or a name when sending. */
  readonly host: string;
  readonly port: number;
}

/** A UDP port of this host. */
export interface UdpSocket extends UdpPeer {
  /** Sends a datagram, which may arrive once, late, or never. Nothing happens on a closed socket. */
  send(data: Uint8Array, to: UdpPeer): void;
  close(): void;
}

export interface Network {
  /** Rejects with a `NetworkError` when no whole answer comes within the time. */
  request(request: HttpRequest): Promise<HttpResponse>;
  /** Rejects with `UpgradeRefused` or `NetworkError`. */
  connect(url: string, options: ConnectOptions): Promise<Channel>;
  listen(options: ListenOptions, listener: Listener): Promise<Server>;
  /** Whether somebody listens on a TCP port: resolves when the connection stands, and closes it. Rejects with a `NetworkError`. */
  knock(at: KnockOptions): Promise<void>;
  /** Opens a UDP port; 0 takes a free one. Rejects with FB1004 for one that cannot be had. */
  udp(options: UdpPeer, receive: (data: Uint8Array, from: UdpPeer) => void): Promise<UdpSocket>;
}
