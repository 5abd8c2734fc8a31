import { join } from "node:path/posix";
import { FirstbootError } from "../src/error.js";
import type { IntegrationClient } from "../src/protocol/integration/index.js";
import { isoTime } from "../src/world/clock.js";
import type { World } from "../src/world/world.js";
import { type DeviceFile, readTree } from "./files.js";
import type { Population } from "./scenario.js";
import { type SiteConfig, siteConfig } from "./site-identity.js";
import type { BlueprintPaths } from "./spec.js";

/** Where the devices of a population get their files from. */
export interface Source {
  /** The files of a device, by its index; indices beyond the population's count are surplus devices. */
  readonly filesOf: (index: number) => readonly DeviceFile[];
  readonly blueprints: BlueprintPaths;
}

export interface SourceContext {
  readonly world: World;
  readonly client: IntegrationClient;
  readonly org: string;
  readonly endpoint: string;
  /** What relative paths of the scenario start from. */
  readonly baseDirectory: string;
  /** Name of the run, for keys and codes made for it. */
  readonly run: string;
}

const weekSeconds = 7 * 24 * 3_600;
const configFile = "newt.json";
/** Where sites on a key of the run's own find their blueprints, as their config file says it. */
const blueprintFiles = { blueprintFile: "site.yaml", provisioningBlueprintFile: "bootstrap.yaml" } as const;
const noBlueprints: BlueprintPaths = new Map();
/** What sites on a key of the run's own are called, as a template. */
export const siteName = "{{env.SERIAL_NUMBER}}-site";

/** What can be checked here is; opening it makes the key or codes on the target where the scenario says so. */
export type ReadySource = () => Promise<Source>;

/** Gets a population's source ready. Throws FB1002 or FB1003 for files that do not serve. */
export function readySource(context: SourceContext, population: Population): Promise<ReadySource> {
  const { artifacts } = population;
  if (population.kind === "newt") {
    return artifacts === undefined ? ownKey(context, population) : siteArtifacts(context, population, artifacts);
  }
  return artifacts === undefined ? ownCodes(context, population) : deviceArtifacts(context, population, artifacts);
}

type NewtPopulation = Extract<Population, { kind: "newt" }>;
type EdgeFlowPopulation = Extract<Population, { kind: "edgeflow" }>;

function leaseOf({ reclaimAfter }: { readonly reclaimAfter?: number | undefined } = {}) {
  return reclaimAfter !== undefined && { reclaimAfter: reclaimAfter / 1_000 };
}

async function ownKey(context: SourceContext, population: NewtPopulation): Promise<ReadySource> {
  const { blueprint, governing } = population;
  const given = { blueprintFile: governing, provisioningBlueprintFile: blueprint } as const;
  const files: DeviceFile[] = [];
  const paths: SiteConfig = {};
  for (const key of ["blueprintFile", "provisioningBlueprintFile"] as const) {
    if (given[key] === undefined) continue;
    files.push({ path: blueprintFiles[key], mode: 0o644, text: await textOf(context, given[key]) });
    paths[key] = blueprintFiles[key];
  }
  return () => makeKey(context, population, paths, files);
}

async function makeKey(
  { client, org, endpoint, world, run }: SourceContext,
  population: NewtPopulation,
  paths: SiteConfig,
  blueprints: readonly DeviceFile[],
): Promise<Source> {
  const { siteProvisioningKey } = await client.createKey(org, {
    name: `${run} ${population.name}`,
    maxBatchSize: population.count,
    validUntil: isoTime(world.clock.now() + weekSeconds * 1_000),
    approveNewSites: population.key?.approveNewSites ?? true,
    ...leaseOf(population.key),
  });
  const config = { endpoint, name: siteName, provisioningKey: siteProvisioningKey, ...paths };
  const files = [{ path: configFile, mode: 0o600, text: `${JSON.stringify(config, undefined, 2)}\n` }, ...blueprints];
  return { filesOf: () => files, blueprints: blueprintsOf(paths) };
}

function blueprintsOf({ blueprintFile, provisioningBlueprintFile }: SiteConfig): BlueprintPaths {
  return new Map([
    ...(blueprintFile ? [["declarative", blueprintFile] as const] : []),
    ...(provisioningBlueprintFile ? [["provisioning", provisioningBlueprintFile] as const] : []),
  ]);
}

async function textOf(context: SourceContext, path: string): Promise<string> {
  const bytes = await context.world.disk.read(within(context, path));
  if (!bytes) throw new FirstbootError("FB1002", { what: `there is no blueprint ${within(context, path)}` });
  return bytes.toString("utf8");
}

async function siteArtifacts(context: SourceContext, population: Population, path: string): Promise<ReadySource> {
  const files = await readTree(context.world.disk, within(context, path));
  if (!files.some((file) => file.path === configFile)) throw missing(context, population, path, `no ${configFile}`);
  const blueprints = blueprintsOf(siteConfig(files) ?? {});
  return async () => ({ filesOf: () => files, blueprints });
}

async function ownCodes(context: SourceContext, { name, count, codes }: EdgeFlowPopulation): Promise<ReadySource> {
  const { client, org, endpoint, run } = context;
  const { host, protocol } = new URL(endpoint);
  const environment = (code: string): DeviceFile => ({
    path: ".env",
    mode: 0o600,
    text: [
      "EDGEFLOW_SAAS_ENABLED=true",
      `EDGEFLOW_SAAS_URL=${host}`,
      ...(protocol === "http:" ? ["EDGEFLOW_SAAS_TLS=false"] : []),
      `EDGEFLOW_PROVISIONING_CODE=${code}`,
      "",
    ].join("\n"),
  });
  return async () => {
    const created = await client.createCodes(org, {
      name: `${run} ${name}`,
      quantity: count,
      ttlSeconds: weekSeconds,
      ...leaseOf(codes),
    });
    return oneForEach(created.codes.map(environment));
  };
}

async function deviceArtifacts(context: SourceContext, population: Population, path: string): Promise<ReadySource> {
  const files = (await readTree(context.world.disk, within(context, path))).filter((file) =>
    file.path.endsWith(".env"),
  );
  if (files.length < population.count) {
    throw missing(context, population, path, `${files.length} .env files for ${population.count} devices`);
  }
  const source = oneForEach(files.slice(0, population.count).map((file) => ({ ...file, path: ".env" })));
  return async () => source;
}

/** A surplus device comes with a file that another device has used. */
function oneForEach(files: readonly DeviceFile[]): Source {
  return {
    filesOf: (index) => {
      const file = files[index % files.length];
      return file ? [file] : [];
    },
    blueprints: noBlueprints,
  };
}

function within({ baseDirectory }: SourceContext, path: string): string {
  return path.startsWith("/") ? path : join(baseDirectory, path);
}

function missing(context: SourceContext, { name }: Population, path: string, found: string): FirstbootError {
  return new FirstbootError("FB1003", {
    what: `population ${name}: ${within(context, path)} holds ${found}`,
    fix: "name the directory that the artefacts were opened into",
  });
}
