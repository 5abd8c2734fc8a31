import { reasonOf } from "../../error.js";
import {
  type ActionName,
  type CommandResult,
  FlowPayload,
  isActionName,
  payloadFault,
} from "../../protocol/edgeflow/index.js";
import { tidy } from "../failure.js";
import type { DeviceHabits } from "../persona.js";
import type { ShadowClient } from "./cloud.js";
import type { Flow, Flows } from "./flows.js";
import type { Machine } from "./machine.js";

export const agentVersion = "1.0.0";

/** What commands may look at. */
export interface CommandContext {
  readonly machine: Machine;
  readonly flows: Flows;
  readonly shadow: ShadowClient;
  uptimeSeconds(): number;
}

type Command = (context: CommandContext, payload: unknown) => unknown;
type Commands = Readonly<Record<ActionName, Command>>;

function fails(text: string): Command {
  return () => {
    throw new Error(text);
  };
}

function found(flow: Flow | undefined, id: string): Flow {
  if (!flow) throw new Error(`flow not found: ${id}`);
  return flow;
}

function changes(status: Flow["status"]): Command {
  return ({ flows }, payload) => {
    const { flow_id } = FlowPayload.parse(payload);
    return { flow_id, status: found(flows.set(flow_id, status), flow_id).status };
  };
}

/** What a device does when the cloud asks (PROTOCOLS C4). */
const documented: Commands = {
  health_check: ({ uptimeSeconds }) => ({ status: "healthy", uptime: `${uptimeSeconds()}s`, version: agentVersion }),
  list_flows: ({ flows }) => ({ flows: flows.list() }),
  get_flow: ({ flows }, payload) => {
    const { flow_id } = FlowPayload.parse(payload);
    return found(flows.get(flow_id), flow_id);
  },
  start_flow: changes("started"),
  stop_flow: changes("stopped"),
  create_flow: fails("create_flow not yet implemented"),
  update_flow: fails("update_flow not yet implemented"),
  delete_flow: fails("delete_flow not yet implemented"),
  get_shadow: ({ shadow }) => shadow.get(),
  // What is desired is applied by nothing here, so that nothing is reported either.
  update_desired: async ({ shadow }) => ({ delta: (await shadow.get()).delta }),
  get_system_metrics: ({ machine }) => machine.metrics(),
  get_executions: () => ({ executions: [] }),
  get_gpio_state: () => ({ available: false, message: "this device has no GPIO" }),
};

/** It does not look whether there is such a flow. */
function claims(status: Flow["status"]): Command {
  return (_, payload) => ({ flow_id: FlowPayload.parse(payload).flow_id, status });
}

/** What the code in the field answers instead (PROTOCOLS C4, F). */
const asShipped: Commands = {
  ...documented,
  health_check: () => ({ status: "healthy", uptime: "TODO", version: agentVersion }),
  get_flow: fails("INVALID_CONFIG: service does not implement GetFlow"),
  start_flow: claims("started"),
  stop_flow: claims("stopped"),
  get_gpio_state: () => ({ available: false, message: "HAL not initialized" }),
};

const commandsOf = { documented, "as shipped": asShipped } as const;

/** Carries a command out; what goes wrong becomes its answer. */
export async function carryOut(
  { actions }: DeviceHabits,
  context: CommandContext,
  action: string,
  payload: unknown,
): Promise<CommandResult> {
  if (!isActionName(action)) return { status: "error", error: tidy(`unknown command action: ${action}`) };
  const fault = payloadFault(action, payload);
  if (fault !== undefined) return { status: "error", error: fault };
  try {
    return { status: "success", data: await commandsOf[actions][action](context, payload) };
  } catch (error) {
    return { status: "error", error: tidy(reasonOf(error)) };
  }
}
