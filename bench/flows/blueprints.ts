import { fleet } from "../fleet.js";
import { BenchPlane, type Credentials } from "../plane.js";
import type { FlowResult } from "../results.js";

const sites = 1_000;

/** Runs that are measured, each with new sites, after one that warms both processes up. */
const rounds = 5;

interface Applied {
  readonly perSecond: number;
  readonly p99: number;
}

function bootstrap({ newtId }: Credentials): string {
  const name = `web-${newtId}`;
  const targets = [{ hostname: "127.0.0.1", port: 8_080, method: "http" }];
  const rules = [{ action: "allow", match: "path", value: "/public/*" }];
  const resource = { name, mode: "http", "full-domain": `${name}.example.com`, targets, rules };
  return JSON.stringify({ "public-resources": { [name]: resource } });
}

/** Each of some new sites applies its blueprint at once: first as a provisioning one, then as one that governs. */
async function measure(plane: BenchPlane) {
  const credentials = await plane.sites(sites);
  const blueprints = credentials.map(bootstrap);
  const { apply, end } = await fleet(plane, credentials);
  async function applied(once: boolean): Promise<Applied> {
    const { refusals, ...figures } = await apply(blueprints, once);
    if (refusals.length > 0) throw new Error(`${refusals.length} blueprints were refused, such as: ${refusals[0]}`);
    return figures;
  }
  try {
    const first = await applied(true);
    await applied(false);
    return { first, again: await applied(false) };
  } finally {
    await end();
  }
}

/** Every site has its one resource and one provisioning blueprint, and no more. Throws where that is not so. */
async function checkApplied(plane: BenchPlane, expected: number): Promise<void> {
  const { resources, history } = await plane.ask(async (client, org) => ({
    resources: await client.listResources(org),
    history: await client.listBlueprints(org),
  }));
  const owners = new Set(resources.map(({ ownerSite }) => ownerSite)).size;
  const once = history.filter((item) => item.once && item.succeeded && item.applications === 1);
  const senders = new Set(once.map(({ siteId }) => siteId)).size;
  const found = { resources: resources.length, owners, once: once.length, senders };
  if (Object.values(found).every((count) => count === expected)) return;
  throw new Error(`${expected} sites have applied their blueprints, and the server has ${JSON.stringify(found)}`);
}

/** Blueprints that a thousand sites apply at once, and how long the slowest of a hundred waits. */
export async function benchBlueprints(): Promise<FlowResult[]> {
  const plane = await BenchPlane.start(true);
  const measured: Awaited<ReturnType<typeof measure>>[] = [];
  try {
    await measure(plane);
    for (let i = 0; i < rounds; i++) measured.push(await measure(plane));
    await checkApplied(plane, (rounds + 1) * sites);
  } finally {
    await plane.close();
  }
  const flows = [
    {
      part: "first",
      name: "bootstrap blueprints of 1,000 sites at once",
      goal: "at least 500/s",
      method: `${sites} new sites, connected over plain HTTP, send their provisioning blueprints (one public resource with a target and a rule) in one moment; \`firstboot up\` and a generator on bare sockets, each in its own process on the same cores. SQLite on disk (WAL, synchronous FULL), every answer after its commit. Afterwards each site has its resource and one application in the history.`,
    },
    {
      part: "again",
      name: "governing blueprints of 1,000 sites that change nothing",
      method:
        "The same sites send the same documents as governing ones, for the second time: nothing is to be changed.",
    },
  ] as const;
  return flows.flatMap(({ part, name, method, ...goal }) => [
    { name, unit: "/s", runs: measured.map((round) => round[part].perSecond), ...goal, method },
    {
      name: `${name}, p99`,
      unit: "ms",
      runs: measured.map((round) => round[part].p99),
      method: "From the message to its answer, of the same runs: what all of them wait for the others, mostly.",
    },
  ]);
}
