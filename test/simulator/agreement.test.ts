import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { defineScenario } from "../../simulator/index.js";
import { refusalIn } from "../../simulator/refusal.js";
import type { RunFacts } from "../../simulator/report/compile.js";
import { runFleet } from "../../simulator/run.js";
import { runVirtually } from "../../simulator/virtual/run.js";
import { startControlPlane } from "../../src/testing/index.js";

const polite = defineScenario({
  name: "polite",
  seed: 7,
  populations: [
    {
      name: "pending",
      kind: "newt",
      count: 5,
      surplus: 2,
      key: { approveNewSites: false },
      blueprint: "bootstrap.yaml",
      governing: "site.yaml",
    },
    { name: "boards", kind: "edgeflow", count: 4, surplus: 1, codes: {} },
  ],
  phases: {
    enrol: { over: "300ms", within: "15s" },
    steady: { for: "300ms", healthCheck: true },
    restart: { over: "200ms", within: "15s" },
    approve: true,
  },
});

/** Without power cuts: those of the virtual world take from the disk what stock agents do not make safe. */
const stock = defineScenario({
  name: "stock",
  seed: 8,
  populations: [
    { name: "sites", kind: "newt", persona: "newt", count: 6, surplus: 2, key: {}, blueprint: "bootstrap.yaml" },
    { name: "boards", kind: "edgeflow", persona: "edgeflow-field", count: 4, surplus: 1, codes: {} },
  ],
  phases: { enrol: { over: "300ms", within: "15s" }, steady: { for: "300ms", healthCheck: true } },
});

const bootstrap = `
private-resources:
  "{{env.SERIAL_NUMBER}}-ssh":
    name: SSH
    mode: host
    destination: 127.0.0.1
    site: "{{env.SERIAL_NUMBER}}-site"
    roles: [Member]
`;

const inputs = new Map([
  ["bootstrap.yaml", bootstrap],
  ["site.yaml", bootstrap.replaceAll("ssh", "web").replace("SSH", "Web")],
]);

/** What both worlds must agree on: timings differ, outcomes do not. */
function outcome({ fleet, phases, online, evidence: { devices, server } }: RunFacts) {
  const applied = server?.blueprints.filter(({ succeeded, parked }) => succeeded && !parked) ?? [];
  const exchanges = devices.flatMap(({ history }) => history.of("exchange").map(({ event }) => event.outcome));
  return {
    phases: phases.map(({ name, expected, done }) => ({ name, expected, done })),
    online,
    failures: fleet.metrics.failureCount,
    exchanges: { ok: exchanges.filter((how) => how === "ok").length, all: exchanges.length },
    refusals: devices.filter(({ history }) => refusalIn(history)).length,
    keyUses: server?.keys.map(({ name, numUsed }) => ({ name, numUsed })).sort((a, b) => a.name.localeCompare(b.name)),
    codesUsed: server?.codes.map(({ name, numUsed }) => ({ name, numUsed })),
    sites: server?.sites.map(({ name, status }) => ({ name, status })).sort((a, b) => a.name.localeCompare(b.name)),
    devices: server?.devices.length,
    blueprints: new Set(applied.map(({ siteId, once }) => `${siteId} ${once}`)).size,
    governed: server?.resources.filter(({ governedBy, overwriteExpected }) => governedBy && !overwriteExpected).length,
    astray: [...(server?.governing ?? [])].filter(([, differences]) => differences.length > 0),
  };
}

it.each([
  [polite, { online: 9, devices: 4, blueprints: 10, governed: 5, astray: [], refusals: 3 }],
  [stock, { online: 10, devices: 4, blueprints: 6, governed: 0, astray: [], refusals: 3 }],
])("the real and the virtual world agree on what becomes of scenario %#", async (scenario, expected) => {
  const plane = await startControlPlane();
  try {
    for (const [name, text] of inputs) await writeFile(join(plane.directory, name), text);
    const out = await mkdtemp(join(plane.directory, "run-"));
    const target = { endpoint: plane.url, apiKey: plane.apiKey, org: plane.org, ca: plane.ca?.pem ?? "" };
    const real = await runFleet({ scenario, baseDirectory: plane.directory, target, out });
    const { facts } = await runVirtually({ scenario, inputs });
    expect(outcome(facts)).toEqual(outcome(real));
    expect(outcome(facts)).toMatchObject({ ...expected });
  } finally {
    await plane.close();
  }
});
