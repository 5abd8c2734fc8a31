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

/** Habits of a site alone. */
export interface SiteHabits {
  /** The version of newt that it reports; 1.10.3, 1.14.0 and 1.16.0 are thresholds of servers (PROTOCOLS E2). */
  readonly version: string;
  /** Whether it keeps the interface for clients: asks for its config, and tells its traffic every 10 s (PROTOCOLS A14). */
  readonly clients: boolean;
  /** When it asks whether there is a newer version, milliseconds (PROTOCOLS A7); undefined: never. */
  readonly versionCheck: { readonly afterMs: number; readonly everyMs: number } | undefined;
  /** Exit nodes are looked at one after the other, or all at a time (PROTOCOLS A13, D2). */
  readonly probes: "in turn" | "at once";
  /** Sends a register for servers that know no exit nodes, too (PROTOCOLS A12). */
  readonly oldServers: boolean;
  /** What a server has left unanswered sixteen times is asked again later (PROTOCOLS D2, 23). */
  readonly asksAgain: boolean;
  /**
   * What becomes of what it is to do in a tunnel before it has one, and which config version it tells. `kept`: it is taken
   * note of, and the version is that of what it has. `dropped`: it is passed over, and the version is the last that was
   * heard (PROTOCOLS A9, A15, D2, 20).
   */
  readonly config: "kept" | "dropped";
  /** Heeds `blocked` of its config file from the start, and not only when it is reloaded (PROTOCOLS D2, 30). */
  readonly startsBlocked: boolean;
  /**
   * Health checks. `steady`: those that a server names again unchanged go on, first looks are spread over a second, and what
   * is found within one is told together. `as shipped`: all begin anew and at once, and each finding is told (PROTOCOLS A15,
   * A17, D2, 26).
   */
  readonly healthChecks: "steady" | "as shipped";
}

/** Habits of an EdgeFlow device alone. `as shipped` is what PROTOCOLS C2, C4 and C9 tell of the code in the field. */
export interface DeviceHabits {
  /** What it tells of its box. */
  readonly facts: "documented" | "as shipped";
  /** How it answers commands. */
  readonly actions: "documented" | "as shipped";
  /** Takes an answer without credentials for a success (PROTOCOLS D4, 51). */
  readonly takesAnyAnswer: boolean;
  /** Reads and reports its shadow before it reads the first frame (PROTOCOLS D4, 48). */
  readonly shadowFirst: boolean;
  /** A heartbeat that was under way when the tunnel broke goes on in the next (PROTOCOLS D4, 46). */
  readonly leaksHeartbeats: boolean;
  /** Writes answers at the same time without order, which may end the process (PROTOCOLS D4, 45). */
  readonly crashesInBursts: boolean;
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
  readonly site: SiteHabits;
  readonly device: DeviceHabits;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

const politeRetry: Retry = {
  delaysMs: [1, 2, 4, 8, 16, 32, 64, 128, 256].map((seconds) => seconds * second),
  afterLossMs: 5 * second,
  steadyAfterMs: 30 * second,
  jitter: 1,
  givesUp: false,
  retriesFirst: true,
  heedsRetryAfter: true,
};

/** The newest version whose wire the agent speaks whole: 1.16.0 means references to certificates. */
const newtVersion = "1.15.0";

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
  site: {
    version: newtVersion,
    clients: false,
    versionCheck: undefined,
    probes: "at once",
    oldServers: false,
    asksAgain: true,
    config: "kept",
    startsBlocked: true,
    healthChecks: "steady",
  },
  device: {
    facts: "documented",
    actions: "documented",
    takesAnyAnswer: false,
    shadowFirst: false,
    leaksHeartbeats: false,
    crashesInBursts: false,
  },
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
  site: {
    version: newtVersion,
    clients: true,
    versionCheck: { afterMs: 2 * minute, everyMs: 6 * hour },
    probes: "in turn",
    oldServers: true,
    asksAgain: false,
    config: "dropped",
    startsBlocked: false,
    healthChecks: "as shipped",
  },
  device: hardened.device,
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
  device: {
    facts: "as shipped",
    actions: "as shipped",
    takesAnyAnswer: true,
    shadowFirst: true,
    leaksHeartbeats: true,
    crashesInBursts: true,
  },
};

/** All personas by name. */
export const personas = { hardened, newt, edgeflow, "edgeflow-field": edgeflowField } as const;
export type PersonaName = keyof typeof personas;
