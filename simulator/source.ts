import { join } from "node:path/posix";
import { FirstbootError } from "../src/error.js";
import type { IntegrationClient } from "../src/protocol/integration/index.js";
import { isoTime } from "../src/world/clock.js";
import type { World } from "../src/world/world.js";
import { type DeviceFile, readTree } from "./files.js";
import type { Population } from "./scenario.js";

/** Where the devices of a population get their files from. */
export interface Source {
  /** The files of a device, by its index; indices beyond the population's count are surplus devices. */
  readonly filesOf: (index: number) => readonly DeviceFile[];
  readonly hasBlueprint: boolean;
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
const siteConfig = "newt.json";
const bootstrapFile = "bootstrap.yaml";

/** Opens a population's source, making its key or codes on the target where the scenario says so. */
export function openSource(context: SourceContext, population: Population): Promise<Source> {
  const { artifacts } = population;
  if (population.kind === "newt") {
    return artifacts === undefined ? makeKey(context, population) : siteArtifacts(context, population, artifacts);
  }
  return artifacts === undefined ? makeCodes(context, population) : deviceArtifacts(context, population, artifacts);
}

type NewtPopulation = Extract<Population, { kind: "newt" }>;
type EdgeFlowPopulation = Extract<Population, { kind: "edgeflow" }>;

async function makeKey(context: SourceContext, population: NewtPopulation): Promise<Source> {
  const { client, org, endpoint, world, run } = context;
  const blueprint = await blueprintFiles(context, population.blueprint);
  const { siteProvisioningKey } = await client.createKey(org, {
    name: `${run} ${population.name}`,
    maxBatchSize: population.count,
    validUntil: isoTime(world.clock.now() + weekSeconds * 1_000),
    approveNewSites: population.key?.approveNewSites ?? true,
  });
  const config = {
    endpoint,
    name: "{{env.SERIAL_NUMBER}}-site",
    provisioningKey: siteProvisioningKey,
    ...(blueprint.length > 0 && { provisioningBlueprintFile: bootstrapFile }),
  };
  const files = [{ path: siteConfig, mode: 0o600, text: `${JSON.stringify(config, undefined, 2)}\n` }, ...blueprint];
  return { filesOf: () => files, hasBlueprint: blueprint.length > 0 };
}

async function blueprintFiles(context: SourceContext, path: string | undefined): Promise<DeviceFile[]> {
  if (path === undefined) return [];
  const bytes = await context.world.disk.read(within(context, path));
  if (!bytes) throw new FirstbootError("FB1002", { what: `there is no blueprint ${within(context, path)}` });
  return [{ path: bootstrapFile, mode: 0o644, text: bytes.toString("utf8") }];
}

async function siteArtifacts(context: SourceContext, population: NewtPopulation, path: string): Promise<Source> {
  const files = await readTree(context.world.disk, within(context, path));
  const config = files.find((file) => file.path === siteConfig);
  if (!config) throw missing(context, population, path, `no ${siteConfig}`);
  return { filesOf: () => files, hasBlueprint: config.text.includes('"provisioningBlueprintFile"') };
}

async function makeCodes(context: SourceContext, population: EdgeFlowPopulation): Promise<Source> {
  const { client, org, endpoint, run } = context;
  const { codes } = await client.createCodes(org, {
    name: `${run} ${population.name}`,
    quantity: population.count,
    ttlSeconds: weekSeconds,
  });
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
  return oneForEach(codes.map(environment));
}

async function deviceArtifacts(context: SourceContext, population: EdgeFlowPopulation, path: string): Promise<Source> {
  const files = (await readTree(context.world.disk, within(context, path))).filter((file) =>
    file.path.endsWith(".env"),
  );
  if (files.length < population.count) {
    throw missing(context, population, path, `${files.length} .env files for ${population.count} devices`);
  }
  return oneForEach(files.slice(0, population.count).map((file) => ({ ...file, path: ".env" })));
}

/** A surplus device comes with a file that another device has used. */
function oneForEach(files: readonly DeviceFile[]): Source {
  return {
    filesOf: (index) => {
      const file = files[index % files.length];
      return file ? [file] : [];
    },
    hasBlueprint: false,
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
