import type { BlueprintMode, DeviceEvent, Step } from "../../device/event.js";
import type { LogLevel } from "../../world/log.js";

/** How an agent speaks of itself. */
export interface AgentWords {
  /** What it is. */
  readonly noun: "site" | "device";
  /** What it exchanges for credentials. */
  readonly bootstrap: "provisioning key" | "provisioning code";
}

export interface Line {
  readonly level: LogLevel;
  readonly text: string;
}

/** What a device wants of a step, after "could not". */
export function wishOf(step: Step, { bootstrap }: AgentWords): string {
  const wishes: Readonly<Record<Step, string>> = {
    exchange: `exchange the ${bootstrap}`,
    persist: "store what must outlive a restart",
    token: "get a token",
    connect: "connect",
    shadow: "read or report the shadow",
  };
  return wishes[step];
}

const blueprints: Readonly<Record<BlueprintMode, string>> = {
  provisioning: "provisioning blueprint",
  declarative: "blueprint",
};

/** Milliseconds as a person says them: `34 ms`, `1.5 s`, `12 s`, `4 min`. */
export function took(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 120_000) return `${Math.round(ms / 1_000)} s`;
  return `${Math.round(ms / 60_000)} min`;
}

/** Steps whose failure is always followed by a wait, or by the end. */
const waitedFor: ReadonlySet<Step> = new Set(["exchange", "token", "connect"]);

/** What is said of a certificate that nobody trusted vouches for. */
const ofNobodyKnown = /unable to (get|verify)|self.signed/i;

/** Turns events into lines for a person. Why a step failed and how long the device waits for it are one line. */
export class EventReader {
  #cause: string | undefined;

  constructor(private readonly words: AgentWords) {}

  linesOf(event: DeviceEvent): readonly Line[] {
    const cause = this.#cause;
    this.#cause = undefined;
    if (event.type === "waiting") return [waiting(event.ms, cause)];
    if (event.type === "failed" && waitedFor.has(event.step)) {
      this.#cause = this.#failure(event);
      return [];
    }
    return this.#plain(event);
  }

  #failure({ step, kind, detail }: DeviceEvent & { readonly type: "failed" }): string {
    const fix = kind === "tls" && ofNobodyKnown.test(detail) ? "; --ca names an authority to trust" : "";
    return `could not ${wishOf(step, this.words)}: ${detail}${fix}`;
  }

  #plain(event: Exclude<DeviceEvent, { readonly type: "waiting" }>): readonly Line[] {
    switch (event.type) {
      case "exchange":
        return event.outcome === "ok" ? [info(`exchanged the ${this.words.bootstrap} (${took(event.ms)})`)] : [];
      case "persisted":
        return [info(`stored the credentials (${took(event.ms)})`)];
      case "token":
        return [debug(`got a token (${took(event.ms)})`)];
      case "connected":
        return [info(`online (${took(event.ms)})`)];
      case "blueprint":
        return blueprintLines(event);
      case "heartbeat":
        return [debug(`heartbeat answered (${took(event.ms)})`)];
      case "command":
        return [
          (event.success ? info : warn)(`the server ordered ${event.action}${event.success ? "" : ": it failed"}`),
        ];
      case "tunnel":
        return [info(event.configured ? `has a place at exit node ${event.exitNode}` : "has no place at an exit node")];
      case "health":
        return [
          event.healthy
            ? info(`target ${event.target} is healthy`)
            : warn(`target ${event.target} is unhealthy: ${event.detail}`),
        ];
      case "notice":
        return [warn(event.message)];
      case "disconnected":
        return [closed(event)];
      case "failed":
        return [warn(this.#failure(event))];
      case "stopped":
        return [event.reason.kind === "stopped" ? info("stopped") : debug(`ended: ${event.reason.reason}`)];
    }
  }
}

/** A wait without a failure is one that the server asked for, or that comes after a loss, which was told. */
function waiting(ms: number, cause: string | undefined): Line {
  return cause === undefined
    ? info(`waiting ${took(ms)} before the next try`)
    : warn(`waiting ${took(ms)}, because it ${cause}`);
}

/** A goodbye in good order needs nobody's attention. */
function closed({ code, reason, ms }: DeviceEvent & { readonly type: "disconnected" }): Line {
  const text = `the channel closed after ${took(ms)} with ${code} ${reason}`.trimEnd();
  return code === 1000 ? info(text) : warn(text);
}

function blueprintLines(event: DeviceEvent & { readonly type: "blueprint" }): Line[] {
  const name = blueprints[event.mode];
  if (!event.success)
    return [error(`the ${name} ${event.ms === 0 ? "cannot be sent" : "was refused"}: ${event.message}`)];
  const { warnings = [] } = event;
  const said =
    warnings.length === 0 ? "" : ` with ${warnings.length} ${warnings.length === 1 ? "warning" : "warnings"}`;
  return [info(`${name} answered${said}: ${event.message}`), ...warnings.map((warning) => warn(`${name}: ${warning}`))];
}

function debug(text: string): Line {
  return { level: "debug", text };
}
function info(text: string): Line {
  return { level: "info", text };
}
function warn(text: string): Line {
  return { level: "warn", text };
}
function error(text: string): Line {
  return { level: "error", text };
}
