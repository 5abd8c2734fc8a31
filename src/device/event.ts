/** The steps of a device's life that can fail. */
export type Step = "exchange" | "persist" | "token" | "connect" | "shadow";

/**
 * Why a step failed: below HTTP (`dns`, `network`, `tls`, `timeout`), a status that is not success, an `answer` that
 * does not fit its schema, or the `disk`.
 */
export type FailureKind = "dns" | "network" | "tls" | "timeout" | "status" | "answer" | "disk";

/** Why a device's life ended. Texts come from servers or systems; they hold no secret and no control characters. */
export type StopReason =
  | { readonly kind: "stopped" }
  /**
   * The server refused for good, or (`persist`) what the device proved itself with is lost; trying again is hopeless. `fix`
   * is what a person can do, where the device knows better than its step tells.
   */
  | {
      readonly kind: "refused";
      readonly step: Step;
      readonly status?: number;
      readonly reason: string;
      readonly fix?: string;
    }
  /** The persona gave up. */
  | { readonly kind: "failed"; readonly step: Step; readonly status?: number; readonly reason: string }
  /** The program came down by a fault of its own, which some personas have; a supervisor starts it again. */
  | { readonly kind: "crashed"; readonly reason: string };

/** A provisioning blueprint is applied once, a declarative one governs what it names for as long as the site lives. */
export type BlueprintMode = "provisioning" | "declarative";

/**
 * What a device tells an observer as it lives, in order. `ms` is how long the thing took on the device's monotonic
 * clock. Each try of a step that fails gives one `failed`; `waiting` follows if it will be tried again.
 */
export type DeviceEvent =
  /** An exchange of a key or code was answered or given up. */
  | {
      readonly type: "exchange";
      readonly outcome: "ok" | "refused" | "failed";
      readonly status?: number;
      readonly ms: number;
    }
  /** Credentials are as safe on disk as the persona makes them. */
  | { readonly type: "persisted"; readonly ms: number }
  | { readonly type: "token"; readonly ms: number }
  /** The channel is open and the device authenticated; `ms` from dialling. */
  | { readonly type: "connected"; readonly ms: number }
  /**
   * A blueprint was answered (`ms` since it was sent), or could not be read (`ms` 0). `warnings` say what the server has
   * dropped of it or resolved otherwise than it was written: the first 20, absent if there are none.
   */
  | {
      readonly type: "blueprint";
      readonly mode: BlueprintMode;
      readonly success: boolean;
      readonly message: string;
      readonly warnings?: readonly string[];
      readonly ms: number;
    }
  /** A heartbeat came back. */
  | { readonly type: "heartbeat"; readonly ms: number }
  /** The server ordered something; `ms` until it was done. */
  | { readonly type: "command"; readonly action: string; readonly success: boolean; readonly ms: number }
  /** The server gave a site its place at an exit node (`ms` since it asked for one), or took it back (`ms` 0). */
  | { readonly type: "tunnel"; readonly configured: boolean; readonly exitNode: string; readonly ms: number }
  /** A health check came to another result than before. */
  | { readonly type: "health"; readonly target: number; readonly healthy: boolean; readonly detail: string }
  /** Something that a person should know and the device lives with. */
  | { readonly type: "notice"; readonly message: string }
  /** A connected channel is gone; `ms` is how long it held. */
  | { readonly type: "disconnected"; readonly code: number; readonly reason: string; readonly ms: number }
  | {
      readonly type: "failed";
      readonly step: Step;
      readonly kind: FailureKind;
      readonly status?: number;
      readonly detail: string;
    }
  /** The device waits `ms` before it tries a step again. */
  | { readonly type: "waiting"; readonly step: Step; readonly ms: number }
  /** The last event of a life that ended by itself or was stopped; a killed device says nothing. */
  | { readonly type: "stopped"; readonly reason: StopReason };

export type Observer = (event: DeviceEvent) => void;
