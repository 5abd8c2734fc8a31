import { setTimeout as sleep } from "node:timers/promises";
import { fleet, needFiles } from "../fleet.js";
import { BenchPlane } from "../plane.js";
import { type Latencies, probe } from "../probe.js";
import type { FlowResult } from "../results.js";

/** Newts whose channels stay open. */
const steady = 1_000;

/** A storm: how the newts speak, and how many lose their channels. */
interface Storm {
  readonly kind: "plain HTTP" | "TLS";
  readonly lost: number;
  readonly goal?: string;
}

/** Exchanges that probes may make. */
const uses = 10_000;

/** Between two storms, milliseconds. */
const calmMs = 10_000;

interface Measured {
  readonly lostSeconds: number;
  readonly restartSeconds: number;
  /** Probes that got no answer: a connection was refused or broke. */
  readonly unanswered: number;
  readonly probes: Readonly<Record<"query" | "health" | "exchange" | "heartbeat", Latencies>>;
}

async function storms({ kind, lost }: Storm, times: number): Promise<Measured[]> {
  const plane = await BenchPlane.start(kind === "plain HTTP");
  const credentials = await plane.sites(lost + steady);
  const key = await plane.newKey(uses);
  const storming = await fleet(plane, credentials.slice(steady));
  const calm = await fleet(plane, credentials.slice(0, steady));
  const measured: Measured[] = [];
  try {
    for (let i = 0; i < times; i++) {
      await sleep(calmMs);
      await calm.beats();
      const stop = await probe(plane, key);
      await storming.lose();
      const { lostAt, backAt } = await storming.back();
      const heartbeat = await calm.beats();
      const { unanswered, ...asked } = await stop();

      await sleep(calmMs);
      await plane.restart("SIGKILL");
      const ready = Date.now();
      const all = await Promise.all([storming.back(), calm.back()]);
      const back = Math.max(...all.map((told) => told.backAt));
      measured.push({
        lostSeconds: (backAt - lostAt) / 1_000,
        restartSeconds: (back - ready) / 1_000,
        unanswered,
        probes: { ...asked, heartbeat },
      });
    }
    return measured;
  } finally {
    await Promise.all([storming.end(), calm.end()]);
    await plane.close();
  }
}

/** A fleet that comes back at once, and what others notice of it. */
export async function benchStorm(storm: Storm, times: number): Promise<FlowResult[]> {
  const { kind, lost, goal } = storm;
  needFiles(1.5 * lost);
  const measured = await storms(storm, times);
  const probed = ([what, name]: readonly [keyof Measured["probes"], string]): FlowResult[] =>
    (["p50", "p99", "max"] as const).map((quantile) => ({
      name: `${name} during a storm over ${kind}, ${quantile === "max" ? "at most" : quantile}`,
      unit: "ms",
      runs: measured.map(({ probes }) => probes[what][quantile]),
      method: `While those ${lost} came back: ${methods[what]}.`,
    }));
  return [
    {
      name: `storm of ${lost} newts over ${kind}`,
      unit: "s",
      runs: measured.map(({ lostSeconds }) => lostSeconds),
      ...(goal && { goal }),
      method: `The channels of ${lost} newts are dropped at once; each comes back as stock newts do, with a new token, at once and then every 3 s. From the first loss to the last open channel; ${steady} others stay.`,
    },
    {
      name: `return of all newts after a restart over ${kind}`,
      unit: "s",
      runs: measured.map(({ restartSeconds }) => restartSeconds),
      ...(goal && { goal }),
      method: `The server is killed and started again; from its ready line to the last of ${lost + steady} open channels.`,
    },
    {
      name: `probes without an answer during a storm over ${kind}`,
      unit: "",
      runs: measured.map(({ unanswered }) => unanswered),
      method:
        "Of those below, whose times are of the ones that were answered: their connection was closed, or not taken in time.",
    },
    ...(
      [
        ["query", "a query"],
        ["health", "a health check"],
        ["exchange", "an exchange"],
        ["heartbeat", "a heartbeat"],
      ] as const
    ).flatMap(probed),
  ];
}

const methods = {
  query: "`GET /v1/org/…/sites?pageSize=1`, ten a second over one kept connection",
  health: "`GET /healthz`, ten a second, each over a new connection",
  exchange: "exchanges of a provisioning key, ten a second over kept connections",
  heartbeat: `heartbeats of the ${steady} that stayed`,
} as const;
