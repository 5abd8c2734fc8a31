import {
  type ActionName,
  type CommandResult,
  FlowPayload,
  isActionName,
  payloadFault,
} from "../../protocol/edgeflow/index.js";
import { StepFailed } from "../failure.js";
import type { ShadowClient } from "./cloud.js";
import { type Facts, systemMetrics } from "./facts.js";

export const agentVersion = "1.0.0";

/** What commands may look at. */
export interface CommandContext {
  readonly facts: Facts;
  readonly shadow: ShadowClient;
  uptimeSeconds(): number;
}

type Command = (context: CommandContext, payload: unknown) => unknown;

/** An answer with status `error`. */
class CommandError extends Error {}

function fails(text: string): Command {
  return () => {
    throw new CommandError(text);
  };
}

/** A command on one flow: this device has none. */
const onFlow: Command = (_, payload) => {
  throw new CommandError(`flow not found: ${FlowPayload.parse(payload).flow_id}`);
};

/** What a device does when the cloud asks (PROTOCOLS C4). */
const commands: Readonly<Record<ActionName, Command>> = {
  health_check: ({ uptimeSeconds }) => ({ status: "healthy", uptime: `${uptimeSeconds()}s`, version: agentVersion }),
  list_flows: () => ({ flows: [] }),
  get_flow: onFlow,
  start_flow: onFlow,
  stop_flow: onFlow,
  create_flow: fails("create_flow not yet implemented"),
  update_flow: fails("update_flow not yet implemented"),
  delete_flow: fails("delete_flow not yet implemented"),
  get_shadow: ({ shadow }) => shadow.get(),
  update_desired: async ({ shadow }) => ({ delta: (await shadow.get()).delta }),
  get_system_metrics: ({ facts, uptimeSeconds }) => systemMetrics(facts, uptimeSeconds()),
  get_executions: () => ({ executions: [] }),
  get_gpio_state: () => ({ available: false, message: "this device has no GPIO" }),
};

/** Carries a command out; what goes wrong becomes its answer. */
export async function carryOut(context: CommandContext, action: string, payload: unknown): Promise<CommandResult> {
  try {
    if (!isActionName(action)) throw new CommandError(`unknown command action: ${action}`);
    const fault = payloadFault(action, payload);
    if (fault !== undefined) throw new CommandError(fault);
    return { status: "success", data: await commands[action](context, payload) };
  } catch (error) {
    if (!(error instanceof CommandError) && !(error instanceof StepFailed)) throw error;
    return { status: "error", error: error.message };
  }
}
