import type { ScenarioInput } from "../scenario.js";
import type { Dice } from "./dice.js";

type FaultInput = NonNullable<ScenarioInput["faults"]>[number];

/** What goes wrong in a run, and when all of it is over. */
export interface Trouble {
  readonly faults: FaultInput[];
  /** Milliseconds since the start of the run after which nothing more befalls anybody. */
  readonly overAtMs: number;
}

/** The last moment at which a fault begins, milliseconds. */
const latestMs = 60_000;
/** The longest that a fault lasts, milliseconds. */
const longestMs = 120_000;
/** The longest that a control plane is down, milliseconds. */
const longestDownMs = 10_000;
/** How long a device that meets no trouble takes to enrol over a slow link, milliseconds. */
const enrolmentMs = 2_000;

type Kind = (dice: Dice, at: string, length: string) => FaultInput;

const kinds = {
  crashes: (dice, at, length) => ({
    fault: "crashes",
    at,
    for: length,
    rate: dice.between(0.003, 0.15, 1.5),
    of: dice.pick(["devices", "devices", "control-plane", "all"]),
  }),
  "control-plane-crash": (dice, at) => ({
    fault: "control-plane-crash",
    at,
    down: dice.time(1, longestDownMs, 2).text,
    power: dice.chance(0.5),
  }),
  "power-loss": (dice, at) => ({
    fault: "power-loss",
    at,
    over: dice.time(1, 3_000, 2).text,
    share: share(dice),
  }),
  partition: (dice, at, length) => ({ fault: "partition", at, for: length, share: share(dice) }),
  "bad-link": (dice, at, length) => ({
    ...{ fault: "bad-link", at, for: length, share: share(dice) },
    // What a link that neither breaks nor is slow has.
    loss: 0.05,
    ...(dice.chance(0.3) && { latency: dice.time(50, 3_000, 2).text }),
    ...(dice.chance(0.3) && { loss: dice.between(0.05, 0.5) }),
    ...(dice.chance(0.8) && { cut: dice.between(0.05, 0.6) }),
  }),
  "half-open": (dice, at) => ({ fault: "half-open", at, share: share(dice) }),
  "no-dns": (dice, at, length) => ({ fault: "no-dns", at, for: length, share: share(dice) }),
  "no-tls": (dice, at, length) => ({ fault: "no-tls", at, for: length, share: share(dice) }),
  "disk-full": (dice, at, length) => ({ fault: "disk-full", at, for: length, share: share(dice) }),
} satisfies Record<FaultInput["fault"], Kind>;

type KindName = keyof typeof kinds;

/** How often each kind is drawn: what hits between two steps finds most. */
const weights = {
  crashes: 5,
  "bad-link": 3,
  "control-plane-crash": 2,
  "power-loss": 3,
  partition: 1,
  "half-open": 1,
  "no-dns": 1,
  "no-tls": 1,
  "disk-full": 1,
} satisfies Record<KindName, number>;

const isKind = (name: string): name is KindName => name in weights;
const urn = Object.keys(weights)
  .filter(isKind)
  .flatMap((name) => Array.from({ length: weights[name] }, () => name));

/** Kinds that change something for a while: one of each says enough. */
const lasting: ReadonlySet<KindName> = new Set(["crashes", "partition", "bad-link", "no-dns", "no-tls", "disk-full"]);

/** One to five faults. Most begin early, when devices enrol. */
export function drawTrouble(dice: Dice): Trouble {
  const faults: FaultInput[] = [];
  let overAtMs = 0;
  const taken = new Set<KindName>();
  for (let left = dice.integer(1, 5); left > 0; left--) {
    const kind = dice.pick(urn);
    if (lasting.has(kind) && taken.has(kind)) continue;
    taken.add(kind);
    const at = beginning(dice);
    const length = dice.time(500, longestMs, 1.5);
    faults.push(kinds[kind](dice, at.text, length.text));
    overAtMs = Math.max(overAtMs, at.ms + length.ms + longestDownMs);
  }
  return { faults, overAtMs };
}

/** From the start, in the midst of the first exchanges, or some time. */
function beginning(dice: Dice) {
  return dice.pick([
    () => ({ ms: 0, text: "0s" }),
    () => dice.time(1, enrolmentMs, 2),
    () => dice.time(enrolmentMs, latestMs, 2),
  ])();
}

function share(dice: Dice): number {
  return dice.chance(0.4) ? 1 : dice.between(0.1, 1);
}
