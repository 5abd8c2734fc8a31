import type { DeviceEvent, Observer, StopReason } from "../../device/event.js";
import { FirstbootError, reasonOf } from "../../error.js";
import { realWorld } from "../../world/real/index.js";
import type { RealNetworkOptions } from "../../world/real/network.js";
import type { World } from "../../world/world.js";
import { aborted, onInterrupt } from "../interrupt.js";
import { clockWarning } from "./clock.js";
import { exitCodeOf, type Told } from "./ending.js";
import type { AgentWords } from "./event-text.js";
import type { AgentLog } from "./log.js";

/** A device that lives in this process. */
export interface Agent {
  run(): Promise<StopReason>;
  /** Ends it in good order; resolves when `run` has. */
  stop(): Promise<void>;
  /** Reads its configuration again (SIGHUP). */
  reload?(): Promise<void>;
}

/** What `--once` waits for: `done` or `failed` ends the agent, with 0 or 1. */
export type Once = (event: DeviceEvent) => "done" | "failed" | undefined;

export interface AgentRun {
  readonly words: AgentWords;
  readonly log: AgentLog;
  /** Whom it trusts, and as whom it shows itself. */
  readonly network: RealNetworkOptions;
  readonly make: (world: World, onEvent: Observer) => Agent | Promise<Agent>;
  readonly once?: Once | undefined;
}

/**
 * Runs an agent until it ends or is told to, and sets the exit code. SIGINT and SIGTERM stop it in good order, asked twice it
 * ends at once; SIGHUP reloads. Throws what a person has to mend, FB4001 and FB3001 among it.
 */
export async function runAgent({ words, log, network, make, once }: AgentRun): Promise<void> {
  const warning = clockWarning(new Date());
  if (warning !== undefined) log.say("warn", warning);

  const world = realWorld({ ...network, name: words.noun, env: process.env, log: log.log });
  let told: Told | undefined;
  const tell = (why: Told): void => {
    told ??= why;
    void agent.stop();
  };
  const agent = await make(world, (event) => {
    log.event(event);
    const verdict = once?.(event);
    if (verdict !== undefined) tell(verdict === "done" ? "done" : "judged failed");
  });

  const { signal, release } = onInterrupt();
  void aborted(signal).then(tell);
  const reload = (): void => void reloaded(agent, log);
  process.on("SIGHUP", reload);
  try {
    process.exitCode = exitCodeOf(await agent.run(), told, words);
  } finally {
    process.off("SIGHUP", reload);
    release();
    world.process.kill();
  }
}

/** A configuration that does not fit is told, and the agent lives on with the one it has. */
async function reloaded(agent: Agent, log: AgentLog): Promise<void> {
  try {
    await agent.reload?.();
  } catch (error) {
    log.say("error", error instanceof FirstbootError ? error.line : reasonOf(error));
  }
}
