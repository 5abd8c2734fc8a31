import { FirstbootError, reasonOf } from "../src/error.js";
import { IntegrationClient } from "../src/protocol/integration/index.js";
import { seededRandom } from "../src/world/random.js";
import { realWorld } from "../src/world/real/index.js";
import type { World } from "../src/world/world.js";
import { type Box, type BoxSpec, realBox } from "./box.js";
import { type DeviceContext, VirtualDevice } from "./device.js";
import { deviceEvidence, type Evidence, keyIdsOf, learnSecrets, readTexts, serverEvidence } from "./evidence.js";
import { claimDirectory } from "./files.js";
import { type Fleet, type Progress, severally } from "./fleet.js";
import { environmentOf } from "./identity.js";
import { Metrics } from "./metrics.js";
import { prepareDevices } from "./prepare.js";
import { compileReport, type RunFacts } from "./report/compile.js";
import type { Report } from "./report/schema.js";
import type { Scenario } from "./scenario.js";
import { Secrets } from "./secrets.js";
import { type PhaseRecord, runPhases } from "./timetable.js";

/** Devices that say goodbye at once when a run is over. */
const goodbyes = 256;

/** The server that a fleet is run against. */
export interface Target {
  /** Origin, for example `https://127.0.0.1:8443`. */
  readonly endpoint: string;
  /** `<id>.<secret>` */
  readonly apiKey: string;
  readonly org: string;
  /** PEM text of the certificate authority to trust instead of the system's. */
  readonly ca?: string;
}

export interface RunOptions {
  readonly scenario: Scenario;
  /** What relative paths in the scenario start from. */
  readonly baseDirectory: string;
  readonly target: Target;
  /** Directory of the devices' directories; made if missing. */
  readonly out: string;
  /** The simulator's own world; the machine's if absent. */
  readonly world?: World;
  /** The devices' boxes; directories of this machine if absent. */
  readonly box?: (spec: BoxSpec) => Box;
  /** Called at the start and end of each phase and whenever a device gets there. */
  readonly onProgress?: (progress: Progress) => void;
  /** Stops the run politely: devices disconnect and the report covers what ran. */
  readonly signal?: AbortSignal;
  /** Texts that no secret may appear in, such as the server's log. */
  readonly evidenceFiles?: readonly string[];
  /** More such texts, taken when the run is over. */
  readonly evidenceTexts?: () => readonly { readonly name: string; readonly text: string }[];
  /** Called when the devices are ready to boot, with what is about to happen to them. */
  readonly onReady?: (fleet: Fleet) => void;
}

/**
 * Runs a fleet against a target and judges it. Throws FB1001 where the machine's limits forbid it or the scenario asks for
 * faults, FB1002 for files that cannot be read or written, FB1003 for artefacts that do not fit the scenario, FB3001 where
 * the target does not answer before the first device boots; a target that is lost later is judged.
 */
export async function runScenario(options: RunOptions): Promise<Report> {
  refuseFaults(options.scenario);
  return compileReport(await runFleet(options));
}

/** Throws FB1001 for a scenario with faults: on machines nothing could bring them about. */
export function refuseFaults({ faults }: Scenario): void {
  if (faults.length === 0) return;
  throw new FirstbootError("FB1001", {
    what: "the scenario has faults",
    why: "the real world takes none on demand",
    fix: "run it with --world virtual, or leave the faults out",
  });
}

/** Runs a fleet to its end, or to an interruption, and gathers what it is judged by. Throws as `runScenario` does. */
export async function runFleet(options: RunOptions): Promise<RunFacts> {
  const { scenario, target, out, baseDirectory } = options;
  const ca = target.ca === undefined ? {} : { ca: target.ca };
  const world = options.world ?? realWorld({ name: "simulator", ...ca });
  const client = new IntegrationClient({ network: world.network, endpoint: target.endpoint, apiKey: target.apiKey });
  await claimDirectory(world.disk, out);

  const startedAt = world.clock.now();
  const { endpoint, org } = target;
  const context = { world, client, org, endpoint, baseDirectory, run: scenario.name };
  const specs = await prepareDevices(context, scenario, out);
  const began = world.clock.monotonic();
  const now = (): number => world.clock.monotonic() - began;
  const metrics = new Metrics();
  const newBox = options.box ?? realBox;
  // One for all of them: what thousands of devices look at with each heartbeat must be one thing.
  const deviceContext: DeviceContext = {
    now,
    after: (ms, fn) => world.clock.after(ms, fn),
    observe: (device, event, at) => {
      if (!device.surplus) metrics.observe(event, at);
    },
    box: ({ name, directory, identity }) => newBox({ name, root: directory, env: environmentOf(identity), ...ca }),
  };
  const devices = specs.map((spec) => new VirtualDevice(spec, deviceContext));
  const signal = options.signal ?? new AbortController().signal;
  const random = seededRandom(scenario.seed);
  const fleet: Fleet = { world, random, scenario, client, org, devices, metrics, signal, now };

  options.onReady?.(fleet);

  let phases: PhaseRecord[];
  let online: number;
  try {
    phases = await runPhases(fleet, options.onProgress ?? (() => {}));
    online = devices.filter((device) => device.online && device.enrolled).length;
    await severally(devices, goodbyes, (device) => device.stop());
  } finally {
    for (const device of devices) device.kill();
  }
  const durationMs = now();
  const evidence = await gather(fleet, options);
  for (const { spec } of devices) if (spec.surplus) await world.disk.remove(spec.directory);
  return { fleet, phases, online, startedAt, durationMs, endpoint, evidence };
}

async function gather(fleet: Fleet, { target, evidenceFiles = [], evidenceTexts }: RunOptions): Promise<Evidence> {
  const { world, client, org, devices, scenario } = fleet;
  const specs = devices.map(({ spec }) => spec);
  const secrets = new Secrets();
  secrets.add(target.apiKey);
  const left = await deviceEvidence(world.disk, devices);
  for (const { spec, files } of left) {
    learnSecrets(secrets, spec.files);
    learnSecrets(secrets, files);
  }
  return {
    seed: scenario.seed,
    devices: left,
    server: await serverEvidence(client, org, world.clock.now(), left).catch((error: unknown) => {
      if (!(error instanceof FirstbootError)) throw error;
      fleet.metrics.failed("evidence", reasonOf(error), fleet.now());
      return undefined;
    }),
    keyIds: keyIdsOf(specs),
    texts: [...(await readTexts(world.disk, evidenceFiles)), ...(evidenceTexts?.() ?? [])],
    secrets,
  };
}
