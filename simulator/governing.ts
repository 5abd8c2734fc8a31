import { reasonOf } from "../src/error.js";
import { type IntegrationClient, IntegrationRefusal } from "../src/protocol/integration/index.js";
import { blueprintJson } from "../src/provisioning/blueprint/index.js";
import type { DeviceFile } from "./files.js";
import { severally } from "./fleet.js";
import { environmentOf } from "./identity.js";
import type { DeviceSpec } from "./spec.js";

/** Questions under way. */
const width = 16;

/** What on the target is not as a site's governing blueprint says, by the `newtId` of the site. */
export type GoverningEvidence = ReadonlyMap<string, readonly string[]>;

/** What a device has kept. */
interface Kept {
  readonly spec: DeviceSpec;
  readonly files: readonly DeviceFile[];
  /** What it proves itself with. */
  readonly ids: readonly string[];
}

/** The governing blueprint of a device as it sends it; undefined if it has none, or none that can be read. */
function documentOf({ spec, files }: Kept): object | undefined {
  const path = spec.blueprints.get("declarative");
  const text = files.find((file) => file.path === path)?.text;
  if (text === undefined) return undefined;
  try {
    const document: unknown = JSON.parse(blueprintJson(text, environmentOf(spec.identity)));
    return typeof document === "object" && document !== null ? document : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Asks the target, for each site with a governing blueprint, what of it is not there as its file says. Sites whose file
 * is no blueprint are left out.
 */
export async function governingEvidence(
  client: IntegrationClient,
  org: string,
  devices: readonly Kept[],
): Promise<GoverningEvidence> {
  const differences = new Map<string, readonly string[]>();
  await severally(devices, width, async (device) => {
    const [id] = device.ids;
    const document = documentOf(device);
    if (id === undefined || document === undefined) return;
    try {
      const { changes } = await client.planBlueprint(org, document);
      const named = changes.map(({ kind, niceId, fields }) => `${kind} ${niceId}: ${fields.map(({ path }) => path)}`);
      differences.set(id, named);
    } catch (error) {
      // Without an answer nothing is known, of other things neither.
      if (!(error instanceof IntegrationRefusal)) throw error;
      differences.set(id, [reasonOf(error)]);
    }
  });
  return differences;
}
