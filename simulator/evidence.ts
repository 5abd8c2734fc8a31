import type { BlueprintMode } from "../src/device/event.js";
import { FirstbootError } from "../src/error.js";
import type {
  BlueprintItem,
  CodesItem,
  DeviceItem,
  IntegrationClient,
  KeyItem,
  ResourceItem,
  SiteItem,
} from "../src/protocol/integration/index.js";
import { splitKey } from "../src/provisioning/credentials.js";
import type { Disk } from "../src/world/disk.js";
import type { VirtualDevice } from "./device.js";
import { type DeviceFile, readTree } from "./files.js";
import { type GoverningEvidence, governingEvidence } from "./governing.js";
import type { History } from "./history.js";
import type { Secrets } from "./secrets.js";
import { siteConfig, siteIdentity } from "./site-identity.js";
import type { DeviceSpec } from "./spec.js";

/** What a device leaves to be judged by. */
export interface DeviceEvidence {
  readonly spec: DeviceSpec;
  readonly history: History;
  /** The blueprints that the server took. */
  readonly applied: ReadonlySet<BlueprintMode>;
  /** It was ready once. */
  readonly enrolled: boolean;
  /** It was asked for its health, and answered. */
  readonly asked: boolean;
  readonly answered: boolean;
  /** It was listed as pending when the operator approved. */
  readonly listed: boolean;
  /** All files in its directory. */
  readonly files: readonly DeviceFile[];
  readonly log: string;
  /** What it proves itself with, over all its lives: `newtId` from its config file, `device_id` as it says itself. */
  readonly ids: readonly string[];
}

/** What the target says through its API. */
export interface ServerEvidence {
  /** Wall time when it was asked, milliseconds. */
  readonly at: number;
  readonly keys: readonly KeyItem[];
  readonly codes: readonly CodesItem[];
  readonly sites: readonly SiteItem[];
  readonly devices: readonly DeviceItem[];
  readonly blueprints: readonly BlueprintItem[];
  readonly resources: readonly ResourceItem[];
  readonly governing: GoverningEvidence;
}

/** All that the invariants judge a run by. */
export interface Evidence {
  readonly seed: string | number;
  readonly devices: readonly DeviceEvidence[];
  /** Undefined if the target did not answer when the run was over. */
  readonly server: ServerEvidence | undefined;
  /** Ids of the provisioning keys that the run's devices came with. */
  readonly keyIds: ReadonlySet<string>;
  /** Texts beside the devices' own, such as the server's log. */
  readonly texts: readonly { readonly name: string; readonly text: string }[];
  readonly secrets: Secrets;
}

/** Reads the devices' directories. */
export async function deviceEvidence(disk: Disk, devices: readonly VirtualDevice[]): Promise<DeviceEvidence[]> {
  const all: DeviceEvidence[] = [];
  for (const { spec, history, applied, enrolled, asked, answered, listed, log, deviceIds } of devices) {
    const files = await readTree(disk, spec.directory);
    const newtId = siteIdentity(files)?.id;
    const ids = newtId === undefined ? [...deviceIds] : [newtId];
    all.push({ spec, history, applied, enrolled, asked, answered, listed, files, log: log.text, ids });
  }
  return all;
}

/** Asks the target for everything that was left on it. */
export async function serverEvidence(
  client: IntegrationClient,
  org: string,
  at: number,
  devices: readonly DeviceEvidence[],
): Promise<ServerEvidence> {
  const governed = devices.filter(({ spec }) => spec.blueprints.has("declarative"));
  return {
    at,
    keys: await client.listKeys(org),
    codes: await client.listCodes(org),
    sites: await client.listSites(org),
    devices: await client.listDevices(org),
    blueprints: await client.listBlueprints(org),
    resources: governed.length > 0 ? await client.listResources(org) : [],
    governing: await governingEvidence(client, org, governed),
  };
}

/** The ids of the keys that devices came with. */
export function keyIdsOf(specs: readonly DeviceSpec[]): Set<string> {
  const ids = new Set<string>();
  for (const { files } of specs) {
    const id = splitKey(siteConfig(files)?.provisioningKey ?? "")?.id;
    if (id) ids.add(id);
  }
  return ids;
}

/** Reads the texts to be searched for secrets; throws FB1002 for one that is not there. */
export async function readTexts(disk: Disk, paths: readonly string[]): Promise<{ name: string; text: string }[]> {
  return Promise.all(
    paths.map(async (name) => {
      const bytes = await disk.read(name);
      if (!bytes) throw new FirstbootError("FB1002", { what: `there is no ${name} to look for secrets in` });
      return { name, text: bytes.toString("utf8") };
    }),
  );
}

/** Adds what devices came with and what they have kept to the known secrets. */
export function learnSecrets(secrets: Secrets, files: readonly DeviceFile[]): void {
  const { provisioningKey, secret } = siteConfig(files) ?? {};
  secrets.add(provisioningKey);
  secrets.add(splitKey(provisioningKey ?? "")?.secret);
  secrets.add(secret);
  for (const { text } of files) {
    for (const [code] of text.matchAll(/\bPROV-[A-Z0-9]{4}-[A-Z0-9]{4}\b/g)) secrets.add(code);
  }
}
