import { z } from "zod";
import { Shadow } from "./api.js";

/** What a device can be asked to do (PROTOCOLS C4). */
export interface CommandAction {
  readonly summary: string;
  /** What it is given; nothing at all counts as an empty object. */
  readonly payload: z.ZodType;
  /** What a device answers on success. */
  readonly data: z.ZodType;
}

export const FlowPayload = z.object({
  flow_id: z.string("missing flow_id").min(1, "missing flow_id").max(255, "flow_id is longer than 255 characters"),
});
export const DesiredPayload = z.object({
  desired: z.record(z.string(), z.unknown(), "invalid desired state payload"),
});

const State = z.record(z.string(), z.unknown());
const number = z.number();
const text = z.string();

const SystemMetrics = z.object({
  hostname: text,
  os: text,
  arch: text,
  board_model: text,
  uptime: number,
  temperature: number,
  cpu: z.object({ usage_percent: number }),
  memory: z.object({
    total_bytes: number,
    used_bytes: number,
    free_bytes: number,
    available_bytes: number,
    percent: number,
  }),
  swap: z.object({ total_bytes: number, used_bytes: number }),
  load_avg: z.object({ "1min": number, "5min": number, "15min": number }),
  network: z.object({ rx_bytes: number, tx_bytes: number }),
});

const GpioState = z.discriminatedUnion("available", [
  z.object({ available: z.literal(false), message: text }),
  z.object({
    available: z.literal(true),
    board: text,
    chip: text,
    capabilities: z.object({ num_gpio: number, num_pwm: number, num_i2c: number, num_spi: number }),
    active_pins: z.array(z.object({ pin: number, mode: text })),
  }),
]);

/** Takes anything, since nothing of it is looked at. */
const nothing = z.unknown();

function changedFlow(status: "started" | "stopped") {
  return z.object({ flow_id: text, status: z.literal(status) });
}

/** All actions that devices know; devices in the field refuse the three that write flows. */
export const commandActions = {
  health_check: {
    summary: "whether it is well",
    payload: nothing,
    data: z.object({ status: text, version: text, uptime: text }),
  },
  list_flows: { summary: "its flows", payload: nothing, data: z.object({ flows: z.array(z.unknown()) }) },
  get_flow: { summary: "one flow", payload: FlowPayload, data: z.unknown() },
  start_flow: { summary: "start a flow", payload: FlowPayload, data: changedFlow("started") },
  stop_flow: { summary: "stop a flow", payload: FlowPayload, data: changedFlow("stopped") },
  create_flow: { summary: "make a flow", payload: nothing, data: z.unknown() },
  update_flow: { summary: "change a flow", payload: nothing, data: z.unknown() },
  delete_flow: { summary: "delete a flow", payload: nothing, data: z.unknown() },
  get_shadow: { summary: "its shadow, as the device fetches it", payload: nothing, data: Shadow },
  update_desired: {
    summary: "change what is desired of it, and have it fetch its shadow",
    payload: DesiredPayload,
    data: z.object({ delta: State }),
  },
  get_system_metrics: { summary: "load, memory, temperature", payload: nothing, data: SystemMetrics },
  get_executions: { summary: "runs of its flows", payload: nothing, data: z.object({ executions: z.array(nothing) }) },
  get_gpio_state: { summary: "its pins", payload: nothing, data: GpioState },
} as const satisfies Readonly<Record<string, CommandAction>>;

export type ActionName = keyof typeof commandActions;

export function isActionName(name: string): name is ActionName {
  return Object.hasOwn(commandActions, name);
}

/** What is wrong with the payload of a command, in a device's own words; undefined for an action that nobody knows. */
export function payloadFault(action: string, payload: unknown): string | undefined {
  const known: CommandAction | undefined = isActionName(action) ? commandActions[action] : undefined;
  return known?.payload.safeParse(payload ?? {}).error?.issues[0]?.message;
}
