import { z } from "zod";
import { LongTime, Time } from "../time.js";
import { faultKind } from "./fault.js";

/** The control plane dies, by `kill -9` or with its host's power, and is back after `down`. */
export const controlPlaneCrash = faultKind({
  schema: z.strictObject({
    fault: z.literal("control-plane-crash"),
    at: Time,
    down: LongTime.prefault("2s"),
    power: z.boolean().default(false),
  }),
  begin: ({ down, power }, { plane }) => plane.crash(down, power),
});
