import { z } from "zod";
import { linkNames } from "../src/world/virtual/link-profile.js";
import { Fault } from "./faults/index.js";
import { scenarioError } from "./problem.js";
import { parseThreshold } from "./threshold.js";
import { LongTime, Time } from "./time.js";

const ThresholdText = z.string().transform((text, context) => {
  const threshold = parseThreshold(text);
  if (typeof threshold !== "string") return threshold;
  context.addIssue({ code: "custom", message: threshold });
  return z.NEVER;
});

const common = {
  /** Also the name of the population's directory. */
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "is not a name; allowed: lower-case letters, digits and -"),
  count: z.number().int().min(1).max(100_000),
  /** Replaces the persona's interval between heartbeats, so that short runs see some. */
  heartbeat: LongTime.optional(),
  /** Devices beyond the limit: they start after the enrolment and should be refused. */
  surplus: z.number().int().min(0).max(1_000).default(0),
  /** Directory of files that devices receive, relative to the scenario. */
  artifacts: z.string().min(1).optional(),
  /** The devices' connection in the virtual world. */
  link: z.enum(linkNames).default("broadband"),
};

const lease = {
  /** A use whose credential has not authenticated this long after the exchange is given back. */
  reclaimAfter: LongTime.refine((ms) => ms % 1_000 === 0, "is not whole seconds").optional(),
};

const NewtPopulation = z
  .strictObject({
    ...common,
    kind: z.literal("newt"),
    persona: z.enum(["hardened", "newt"]).default("hardened"),
    /** A key that the simulator makes on the target: as many uses as devices, valid for a week. */
    key: z.strictObject({ approveNewSites: z.boolean().default(true), ...lease }).optional(),
    /** With `key`: a bootstrap blueprint for every site, relative to the scenario. */
    blueprint: z.string().min(1).optional(),
    /** With `key`: a blueprint that governs every site as long as it lives, relative to the scenario. */
    governing: z.string().min(1).optional(),
  })
  .refine(({ artifacts, key }) => (artifacts === undefined) !== (key === undefined), {
    message: "needs one source; allowed: artifacts or key",
  })
  .refine(({ artifacts, blueprint }) => artifacts === undefined || blueprint === undefined, {
    path: ["blueprint"],
    message: "goes with key only: artifacts carry their own blueprint",
  })
  .refine(({ artifacts, governing }) => artifacts === undefined || governing === undefined, {
    path: ["governing"],
    message: "goes with key only: artifacts carry their own blueprint",
  });

const EdgeFlowPopulation = z
  .strictObject({
    ...common,
    kind: z.literal("edgeflow"),
    persona: z.enum(["edgeflow", "edgeflow-field"]).default("edgeflow"),
    /** One-time codes that the simulator makes on the target: one for each device, valid for a week. */
    codes: z.strictObject(lease).optional(),
  })
  .refine(({ artifacts, codes }) => (artifacts === undefined) !== (codes === undefined), {
    message: "needs one source; allowed: artifacts or codes",
  });

const Population = z.discriminatedUnion("kind", [NewtPopulation, EdgeFlowPopulation]);
export type Population = z.infer<typeof Population>;

/**
 * Devices boot spread over `over`, at most `atOnce` of them at one time; all should be done `within`, counted from the start
 * of the phase. Beyond some dozens at once a machine measures its own handshakes rather than the target.
 */
const Wave = z
  .strictObject({ over: Time, within: LongTime, atOnce: z.number().int().min(1).default(32) })
  .refine(({ over, within }) => over <= within, {
    path: ["within"],
    message: "is shorter than the arrivals; allowed: at least as long as over",
  });
export type Wave = z.infer<typeof Wave>;

const Phases = z.strictObject({
  enrol: Wave,
  steady: z.strictObject({ for: Time, healthCheck: z.boolean().default(false) }).optional(),
  /** Every device is stopped, half of them without a goodbye, and started again from its disk. */
  restart: Wave.optional(),
  /** Pending sites are approved. */
  approve: z.boolean().default(false),
});

const maxPopulations = 16;

/** A fleet and what is asked of it. As written: durations are texts; as read: milliseconds. */
export const Scenario = z.strictObject({
  name: z.string().trim().min(1).max(100),
  seed: z.union([z.string().min(1).max(100), z.number().int()]).default(1),
  populations: z
    .array(Population)
    .min(1)
    .max(maxPopulations)
    .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, "two populations have one name"),
  phases: Phases,
  /** What goes wrong meanwhile; in the virtual world only. */
  faults: z.array(Fault).max(1_000).default([]),
  thresholds: z.array(ThresholdText).prefault(["enrolled == 100%"]),
});
export type Scenario = z.infer<typeof Scenario>;
export type ScenarioInput = z.input<typeof Scenario>;

/** A scenario written in TypeScript. Throws FB1003 naming the path of what does not fit. */
export function defineScenario(input: ScenarioInput): Scenario {
  const parsed = Scenario.safeParse(input);
  if (parsed.success) return parsed.data;
  throw scenarioError("the scenario", Scenario, input, parsed.error.issues);
}
