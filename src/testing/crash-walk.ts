import {
  type Fate,
  type LinkProfile,
  type RunLimits,
  type Stroke,
  type VirtualHost,
  VirtualWorld,
} from "../world/virtual/index.js";
import { type AwaitedCall, type CrashPoint, crashPoints } from "./crash-point.js";
import { type CrashFailure, CrashWalkFailed } from "./crash-walk-failed.js";

/** What a flow plays on: a world of its own, and the host that is struck. */
export interface CrashStage {
  readonly virtual: VirtualWorld;
  readonly host: VirtualHost;
  /** Undefined in the first run, in which nothing is struck. */
  readonly point: CrashPoint | undefined;
}

/** A flow, and what must hold wherever a crash strikes it. Each of the functions runs within a virtual world. */
export interface CrashWalk<T> {
  readonly seed: string | number;
  /** Name of the host whose processes are struck. */
  readonly host: string;
  /** Prepares what the flow needs. Nothing is struck yet. */
  setUp(stage: CrashStage): Promise<T>;
  /**
   * Plays to its end, a stroke or not: whoever is struck needs a supervisor. Calls that are still under way at its end are
   * no part of the walk.
   */
  flow(subject: T, stage: CrashStage): Promise<unknown>;
  /** Throws where something is not as it must be. */
  judge(subject: T, stage: CrashStage): unknown;
  /** `kill` and `power loss` if absent. */
  readonly strokes?: readonly Stroke[];
  /** Strikes the host a second time in each world, at a call soon after that the seed draws. */
  readonly twice?: boolean;
  /** How hosts are connected; `linkProfiles.lan` if absent. */
  readonly link?: LinkProfile;
  /** What each run may take: an hour of virtual time and a million events if absent. */
  readonly limits?: Partial<RunLimits>;
}

const usualLimits: RunLimits = { virtualMs: 3_600_000, events: 1_000_000 };

/**
 * Plays a flow once and notes every call that a host waits for. Then plays it anew for each of them, with the host struck
 * down before the call or after it, by a kill or a power loss, and judges what has become of it. Returns the points that
 * were visited. Rejects with `CrashWalkFailed` where a crash had consequences, and with what the flow or its judge throws
 * without any.
 *
 * @example
 * await crashWalk({
 *   seed: 1,
 *   host: "box",
 *   setUp: async ({ virtual, host }) => {
 *     const plane = await startVirtualControlPlane(virtual);
 *     const { siteProvisioningKey } = await plane.client.createKey(plane.org, { name: "acme", maxBatchSize: 1 });
 *     host.disk.put("newt.json", JSON.stringify({ endpoint: plane.url, provisioningKey: siteProvisioningKey }));
 *     return plane;
 *   },
 *   flow: (plane, { virtual, host }) => {
 *     supervise(virtual, host, (world) => new NewtSite(world, { configFile: "newt.json" }).run(), { restartAfterMs: 1_000 });
 *     return plane.operator.clock.sleep(120_000);
 *   },
 *   judge: async (plane) => expect(await plane.client.listSites(plane.org)).toMatchObject([{ online: true }]),
 * });
 */
export async function crashWalk<T>(walk: CrashWalk<T>): Promise<readonly CrashPoint[]> {
  const { strokes = ["kill", "power loss"], twice = false, seed } = walk;
  const calls = await quietRun(walk);
  const visited: CrashPoint[] = [];
  const failures: CrashFailure[] = [];
  for (const point of crashPoints(calls, strokes, twice ? String(seed) : undefined)) {
    try {
      if (!(await struckRun(walk, point))) continue;
    } catch (error) {
      failures.push({ point, error });
    }
    visited.push(point);
  }
  if (failures.length > 0) throw new CrashWalkFailed(failures, visited.length);
  return visited;
}

/** The calls of a run in which nothing is struck. */
async function quietRun<T>(walk: CrashWalk<T>): Promise<readonly AwaitedCall[]> {
  const calls: AwaitedCall[] = [];
  await play(walk, undefined, (what, at) => {
    calls.push({ call: calls.length + 1, what, at });
    return undefined;
  });
  return calls;
}

/** False where the flow ended before the stroke. */
async function struckRun<T>(walk: CrashWalk<T>, point: CrashPoint): Promise<boolean> {
  let calls = 0;
  let met = false;
  const struck = await play(walk, point, (what) => {
    calls += 1;
    if (calls === point.call) met = what === point.what;
    return calls === point.call || calls - point.call === point.again ? point.fate : undefined;
  });
  if (!met) throw new Error("the flow did not come to this call again: it does more than its seed decides");
  return struck;
}

/** Plays a flow in a new world, and judges it unless its stroke did not come. True if its host was struck. */
async function play<T>(
  { seed, host: name, link, limits, setUp, flow, judge }: CrashWalk<T>,
  point: CrashPoint | undefined,
  hazard: (what: string, at: number) => Fate,
): Promise<boolean> {
  const virtual = new VirtualWorld({ seed, ...(link && { link }) });
  const host = virtual.host(name);
  const stage: CrashStage = { virtual, host, point };
  let struck = false;
  // A process that does nothing but die with the others.
  host.boot().process.holds(() => {
    struck = true;
  });

  async function main(): Promise<void> {
    const subject = await setUp(stage);
    if (point) host.stroke = point.stroke;
    host.hazard = (what) => hazard(what, virtual.now);
    await flow(subject, stage);
    host.hazard = undefined;
    if (struck || !point) await judge(subject, stage);
  }

  await virtual.run(main, { ...usualLimits, ...limits });
  return struck;
}
