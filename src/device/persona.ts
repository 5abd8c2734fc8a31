/** How a device repeats what failed. */
export interface Retry {
  /** Waits after the first, second, … failure in a row, milliseconds; the last repeats. */
  readonly delaysMs: readonly number[];
  /** Wait after the loss of a session that was steady, milliseconds. */
  readonly afterLossMs: number;
  /** A session that held this long was steady; a shorter one counts as a failure. */
  readonly steadyAfterMs: number;
  /** The share of each wait that is drawn at random: 0 none, 1 anything from nothing to the whole. */
  readonly jitter: number;
  /** Gives up when the delays are used, instead of repeating the last. */
  readonly givesUp: boolean;
  /** Repeats a failure before the first success too. */
  readonly retriesFirst: boolean;
  /** Waits at least as long as the server asks for with `Retry-After`. */
  readonly heedsRetryAfter: boolean;
}

/** A device's habits, as data: the same code lives by any of them. */
export interface Persona {
  readonly name: string;
  readonly userAgent: string;
  /** Sends a nonce with the exchange, so that a lost answer costs no second use. */
  readonly nonce: boolean;
  /**
   * How credentials are kept. `durable`: checked to be writable before the exchange, replaced atomically, 0600, the key
   * scrubbed. `in place`: overwritten, 0644 if new. `memory`: not at all.
   */
  readonly storage: "durable" | "in place" | "memory";
  readonly exchangeTimeoutMs: number;
  /** Undefined: one try, and the life ends if it fails. */
  readonly exchangeRetry: Retry | undefined;
  /** What starts the program again this long after it has ended by itself, milliseconds; undefined: nothing does. */
  readonly restartAfterMs: number | undefined;
  readonly reconnect: Retry;
  /** Stops for good when the server itself refuses the key, the code or the credentials. */
  readonly heedsRefusal: boolean;
  readonly heartbeatMs: number;
  /** A channel that is silent for this long is dropped; undefined: never. */
  readonly readDeadlineMs: number | undefined;
  /**
   * How a site's blueprints go out. `confirmed`: one at a time, each with a word on whether it is to be applied once; the
   * provisioning one until the server has confirmed it, the declarative one again when the server asks. `sent`: as they
   * become due, the provisioning one in the first session only, whatever becomes of it (PROTOCOLS B1).
   */
  readonly blueprints: "confirmed" | "sent";
}

const second = 1_000;

const politeRetry: Retry = {
  delaysMs: [1, 2, 4, 8, 16, 32, 64, 128, 256].map((seconds) => seconds * second),
  afterLossMs: 5 * second,
  steadyAfterMs: 30 * second,
  jitter: 1,
  givesUp: false,
  retriesFirst: true,
  heedsRetryAfter: true,
};

/** What we recommend. */
export const hardened: Persona = {
  name: "hardened",
  userAgent: "firstboot",
  nonce: true,
  storage: "durable",
  exchangeTimeoutMs: 30 * second,
  exchangeRetry: politeRetry,
  restartAfterMs: undefined,
  reconnect: politeRetry,
  heedsRefusal: true,
  heartbeatMs: 30 * second,
  readDeadlineMs: 60 * second,
  blueprints: "confirmed",
};

/** Newt as shipped (PROTOCOLS A3, A4, A10, A11), under a supervisor: how long that waits is our choice. */
export const newt: Persona = {
  name: "newt",
  userAgent: "Go-http-client/1.1",
  nonce: false,
  storage: "in place",
  exchangeTimeoutMs: 30 * second,
  exchangeRetry: undefined,
  restartAfterMs: 5 * second,
  reconnect: {
    delaysMs: [3 * second],
    afterLossMs: 0,
    steadyAfterMs: 0,
    jitter: 0,
    givesUp: false,
    retriesFirst: true,
    heedsRetryAfter: false,
  },
  heedsRefusal: false,
  heartbeatMs: 30 * second,
  readDeadlineMs: 60 * second,
  blueprints: "sent",
};

/** An EdgeFlow device as documented, with good manners where the document is silent. */
export const edgeflow: Persona = { ...hardened, name: "edgeflow" };

/** An EdgeFlow device as shipped (PROTOCOLS C2, C3, C6): forgets its credentials, gives up after 75 s. */
export const edgeflowField: Persona = {
  ...newt,
  name: "edgeflow-field",
  // A process that has given up stays alive, so no supervisor sees it (PROTOCOLS C6).
  restartAfterMs: undefined,
  storage: "memory",
  // It waits without a limit; no timer holds longer than this.
  exchangeTimeoutMs: 2 ** 31 - 1,
  reconnect: {
    ...newt.reconnect,
    delaysMs: [10, 15, 20, 25].map((seconds) => seconds * second),
    afterLossMs: 5 * second,
    givesUp: true,
    retriesFirst: false,
  },
  readDeadlineMs: undefined,
};

/** All personas by name. */
export const personas = { hardened, newt, edgeflow, "edgeflow-field": edgeflowField } as const;
export type PersonaName = keyof typeof personas;
