import { z } from "zod";
import type { CommandResult } from "../../protocol/edgeflow/index.js";
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

const FlowPayload = z.object({ flow_id: z.string().min(1) });
const DesiredPayload = z.object({ desired: z.record(z.string(), z.unknown()) });

/** A command on one flow: this device has none. */
const onFlow: Command = (_, payload) => {
  const { data } = FlowPayload.safeParse(payload);
  throw new CommandError(data ? `flow not found: ${data.flow_id}` : "missing flow_id");
};

/** What a device does when the cloud asks (PROTOCOLS C4). */
const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  [
    "health_check",
    ({ uptimeSeconds }) => ({ status: "healthy", uptime: `${uptimeSeconds()}s`, version: agentVersion }),
  ],
  ["list_flows", () => ({ flows: [] })],
  ["get_flow", onFlow],
  ["start_flow", onFlow],
  ["stop_flow", onFlow],
  ["create_flow", fails("create_flow not yet implemented")],
  ["update_flow", fails("update_flow not yet implemented")],
  ["delete_flow", fails("delete_flow not yet implemented")],
  ["get_shadow", ({ shadow }) => shadow.get()],
  ["update_desired", updateDesired],
  ["get_system_metrics", ({ facts, uptimeSeconds }) => systemMetrics(facts, uptimeSeconds())],
  ["get_executions", () => ({ executions: [] })],
  ["get_gpio_state", () => ({ available: false, message: "this device has no GPIO" })],
]);

async function updateDesired({ shadow }: CommandContext, payload: unknown): Promise<unknown> {
  if (!DesiredPayload.safeParse(payload).success) throw new CommandError("invalid desired state payload");
  return { delta: (await shadow.get()).delta };
}

/** Carries a command out; what goes wrong becomes its answer. */
export async function carryOut(context: CommandContext, action: string, payload: unknown): Promise<CommandResult> {
  try {
    const command = commands.get(action);
    if (!command) throw new CommandError(`unknown command action: ${action}`);
    return { status: "success", data: await command(context, payload) };
  } catch (error) {
    if (!(error instanceof CommandError) && !(error instanceof StepFailed)) throw error;
    return { status: "error", error: error.message };
  }
}
