import { describe, expect, it } from "vitest";
import type { DeviceEvidence, Evidence, ServerEvidence } from "../../simulator/evidence.js";
import { invariants, type Violation } from "../../simulator/invariants/index.js";
import { judgeInvariants } from "../../simulator/judge.js";
import { newt } from "../../src/device/persona.js";
import type { ResourceItem } from "../../src/protocol/integration/index.js";
import { apiKey, cleanEvidence, code, key, newtId, siteSecret } from "./helpers/evidence.js";

type Clean = ReturnType<typeof cleanEvidence>;

/** The evidence with one device changed. */
function withDevice(index: number, change: (device: DeviceEvidence) => Partial<DeviceEvidence>) {
  return (clean: Clean): Clean => ({
    ...clean,
    devices: clean.devices.map((device, at) => (at === index ? { ...device, ...change(device) } : device)),
  });
}

function withServer(change: (server: ServerEvidence) => Partial<ServerEvidence>) {
  return (clean: Clean): Clean => ({ ...clean, server: { ...clean.server, ...change(clean.server) } });
}

const [site0, site1, board0, , surplus] = [0, 1, 2, 3, 4];
const config = (more: object, mode = 0o600) => [
  { path: "newt.json", mode, text: JSON.stringify({ id: newtId(0), secret: siteSecret, ...more }) },
];

const withGhost = withServer((server) => ({
  sites: [...server.sites, ...server.sites.slice(0, 1).map((item) => ({ ...item, siteId: 9, newtId: "ghost" }))],
}));
const withNonce = (index: number) =>
  withDevice(index, () => ({ ids: [], enrolled: false, files: [{ path: ".newt.json.nonce", mode: 0o600, text: "" }] }));

/** Every key gives a use back after so many seconds; all sites are an hour old. */
const onLease = (reclaimAfter: number) =>
  withServer((server) => ({
    keys: server.keys.map((item) => ({ ...item, reclaimAfter })),
    sites: server.sites.map((item) => ({ ...item, createdAt: "2026-01-01T00:00:00Z" })),
  }));

const resource: ResourceItem = {
  ...{ resourceId: 1, kind: "public", niceId: "web", name: "web", mode: "http", enabled: true, sites: ["n0"] },
  ...{ ownerSite: "n0", governedBy: "n0", overwriteExpected: false, source: "NEWT", updatedAt: "2026-01-01T00:00:00Z" },
};

/** The first site has a governing blueprint beside its bootstrap blueprint, and the server has taken both. */
const governed =
  (server: Partial<ServerEvidence>) =>
  (clean: Clean): Clean => {
    const both = withDevice(site0, ({ spec, applied }) => ({
      spec: { ...spec, blueprints: new Map([...spec.blueprints, ["declarative", "site.yaml"]]) },
      applied: new Set([...applied, "declarative" as const]),
    }));
    return withServer(({ blueprints }) => ({
      blueprints: blueprints.map((item) => ({ once: true, ...item })),
      resources: [resource],
      governing: new Map([[newtId(0), []]]),
      ...server,
    }))(both(clean));
  };

const planted: [string, string, (clean: Clean) => Evidence, Partial<Violation>][] = [
  [
    "keys are not over-used",
    "a key used more often than allowed",
    withServer((server) => ({ keys: server.keys.map((item) => ({ ...item, numUsed: 3 })) })),
    { detail: 'key "key" was used 3 times of 2' },
  ],
  [
    "keys are not over-used",
    "a use without a site",
    withServer((server) => ({ sites: server.sites.slice(1), blueprints: [] })),
    { detail: 'key "key" was used 2 times and has 1 sites' },
  ],
  [
    "keys are not over-used",
    "a code used twice",
    withServer((server) => ({ codes: server.codes.map((item) => ({ ...item, numUsed: 3 })) })),
    { detail: 'codes "codes" were used 3 times of 2' },
  ],
  [
    "keys are not over-used",
    "a device without a use",
    withServer((server) => ({ codes: server.codes.map((item) => ({ ...item, numUsed: 1 })) })),
    { detail: 'codes "codes" were used 1 times and have 2 devices' },
  ],
  [
    "one exchange each",
    "a second exchange after a restart",
    withDevice(site0, ({ history }) => {
      history.add({ at: 110, life: 1, event: { type: "persisted", ms: 5 } });
      history.add({ at: 5_000, life: 2, event: { type: "exchange", outcome: "ok", ms: 5 } });
      return { history };
    }),
    { device: "sites/0000", at: 5_000 },
  ],
  [
    "one exchange each",
    "a second exchange in one life",
    withDevice(site0, ({ history }) => {
      history.add({ at: 200, life: 1, event: { type: "exchange", outcome: "ok", ms: 5 } });
      return { history };
    }),
    { device: "sites/0000", at: 200 },
  ],
  [
    "one exchange each",
    "a second exchange of a device that sends no nonce",
    withDevice(site0, ({ history, spec }) => {
      history.add({ at: 5_000, life: 2, event: { type: "exchange", outcome: "ok", ms: 5 } });
      return { history, spec: { ...spec, persona: newt } };
    }),
    { device: "sites/0000", at: 5_000 },
  ],
  [
    "one identity each",
    "two sites with one identity",
    withDevice(site1, () => ({ ids: [newtId(0)] })),
    { device: "sites/0001", detail: "has the identity of sites/0000" },
  ],
  ["one identity each", "an identity that is lost", withDevice(site0, () => ({ ids: [] })), { device: "sites/0000" }],
  [
    "one identity each",
    "a board with a new identity after a restart",
    withDevice(board0, () => ({ ids: ["dev_0", "dev_7"] })),
    { device: "boards/0000" },
  ],
  [
    "no ghosts",
    "a site that belongs to nobody",
    (clean) => withGhost(clean),
    { detail: 'site 9 "site 0" belongs to no device' },
  ],
  [
    "no ghosts",
    "a board that belongs to nobody",
    withServer((server) => ({
      devices: [...server.devices, ...server.devices.slice(0, 1).map((item) => ({ ...item, deviceId: "dev_9" }))],
    })),
    { detail: "dev_9 on the server belongs to no device" },
  ],
  [
    "no ghosts",
    "a site that belongs to nobody, while a refused device still has its nonce",
    (clean) => withNonce(surplus)(withGhost(clean)),
    { detail: 'site 9 "site 0" belongs to no device' },
  ],
  [
    "no ghosts",
    "a site that belongs to nobody, after its lease has ended",
    (clean) => onLease(600)(withGhost(clean)),
    { detail: 'site 9 "site 0" belongs to no device' },
  ],
  [
    "no ghosts",
    "a site that the server has lost",
    withServer((server) => ({ sites: server.sites.slice(1) })),
    { device: "sites/0000" },
  ],
  [
    "no key on disk",
    "a key in a file beside the config",
    withDevice(site0, ({ files }) => ({
      files: [...files, { path: "old/newt.json.bak", mode: 0o600, text: `x ${key} y` }],
    })),
    { device: "sites/0000", detail: "old/newt.json.bak holds a provisioning key" },
  ],
  [
    "credentials are private",
    "a config that others can read",
    withDevice(site0, () => ({ files: config({}, 0o644) })),
    { detail: "newt.json has mode 0644" },
  ],
  [
    "credentials are private",
    "a last good copy of a config that others can read",
    withDevice(site0, () => {
      const text = JSON.stringify({ text: JSON.stringify({ secret: siteSecret }) });
      return { files: [...config({}), { path: ".newt.json.good", mode: 0o644, text }] };
    }),
    { detail: ".newt.json.good has mode 0644" },
  ],
  [
    "credentials are private",
    "a last good copy of an EdgeFlow device that others can read",
    withDevice(board0, () => ({ files: [{ path: "state/credentials.json.good", mode: 0o644, text: "{}" }] })),
    { detail: "state/credentials.json.good has mode 0644" },
  ],
  [
    "credentials are private",
    "a config without a secret",
    withDevice(site0, () => ({ files: config({ secret: "" }) })),
    { device: "sites/0000" },
  ],
  [
    "credentials are private",
    "a config with the name of the bootstrap",
    withDevice(site0, () => ({ files: config({ name: "x" }) })),
    { device: "sites/0000" },
  ],
  [
    "credentials are private",
    "an EdgeFlow key in the clear",
    withDevice(board0, () => ({ files: [{ path: "state/credentials.json", mode: 0o600, text: apiKey }] })),
    { device: "boards/0000", detail: "state/credentials.json holds the API key in the clear" },
  ],
  [
    "credentials are private",
    "an EdgeFlow file that others can read",
    withDevice(board0, () => ({ files: [{ path: "state/credentials.key", mode: 0o640, text: "" }] })),
    { detail: "state/credentials.key has mode 0640" },
  ],
  [
    "no secret in logs",
    "a site's secret in its log",
    withDevice(site0, () => ({ log: `debug got {"secret":"${siteSecret}"}` })),
    { device: "sites/0000" },
  ],
  [
    "no secret in logs",
    "a site's secret in what it tells of a failure",
    withDevice(site0, ({ history }) => {
      const event = { type: "failed", step: "token", kind: "answer", detail: `no ${siteSecret}` } as const;
      history.add({ at: 1, life: 1, event });
      return { history };
    }),
    { device: "sites/0000" },
  ],
  [
    "no secret in logs",
    "a code in its log",
    withDevice(board0, () => ({ log: `code=${code}` })),
    { device: "boards/0000" },
  ],
  [
    "no secret in logs",
    "an unknown key in the server's log",
    (clean) => ({ ...clean, texts: [{ name: "server.log", text: `spk-${"z".repeat(15)}.${"q".repeat(40)}` }] }),
    { detail: "server.log holds a provisioning key" },
  ],
  [
    "bootstrap blueprint once",
    "a blueprint applied twice",
    withServer((server) => ({ blueprints: [...server.blueprints, ...server.blueprints] })),
    { device: "sites/0000" },
  ],
  [
    "bootstrap blueprint once",
    "a blueprint that never arrived",
    withServer((server) => ({ blueprints: server.blueprints.slice(1) })),
    { device: "sites/0000" },
  ],
  [
    "bootstrap blueprint once",
    "a blueprint applied while the site was pending",
    withServer((server) => ({ sites: server.sites.map((item) => ({ ...item, status: "pending" as const })) })),
    { detail: "is pending, with 1 blueprints applied and 0 waiting" },
  ],
  [
    "bootstrap blueprint once",
    "a blueprint that still waits after the approval",
    withServer((server) => ({
      blueprints: server.blueprints.map((item) => ({ ...item, succeeded: false, parked: true })),
    })),
    { device: "sites/0001" },
  ],
  [
    "bootstrap blueprint once",
    "a blueprint applied again and counted in one row",
    withServer((server) => ({ blueprints: server.blueprints.map((item) => ({ ...item, applications: 2 })) })),
    { device: "sites/0000", detail: "has 2 blueprints applied and 0 waiting" },
  ],
  [
    "bootstrap blueprint once",
    "a bootstrap blueprint beside a governing one, applied twice",
    (clean) =>
      governed({})({
        ...clean,
        server: {
          ...clean.server,
          blueprints: clean.server.blueprints.flatMap((item) => [item, item, { ...item, once: false }]),
        },
      }),
    { device: "sites/0000", detail: "has 2 blueprints applied and 0 waiting" },
  ],
  [
    "governing blueprint stands",
    "a server that is not as the file says",
    governed({ governing: new Map([[newtId(0), ["public web: name"]]]) }),
    { device: "sites/0000", detail: "is not as its governing blueprint says: public web: name" },
  ],
  [
    "governing blueprint stands",
    "a file that was taken and is no blueprint any more",
    governed({ governing: new Map() }),
    { device: "sites/0000" },
  ],
  [
    "governing blueprint stands",
    "a resource that is still marked as edited",
    governed({ resources: [{ ...resource, overwriteExpected: true }] }),
    { device: "sites/0000", detail: "public web is still marked as edited" },
  ],
  [
    "governing blueprint stands",
    "a pending site that has what its blueprint says",
    (clean) =>
      withServer((server) => ({ sites: server.sites.map((site) => ({ ...site, status: "pending" as const })) }))(
        governed({})(clean),
      ),
    { device: "sites/0000", detail: "is pending, and has 1 resources already" },
  ],
  [
    "surplus is refused",
    "a device beyond the limit that got credentials",
    withDevice(surplus, () => ({ ids: [newtId(7)] })),
    { device: "sites/0002", detail: "was given credentials" },
  ],
  [
    "surplus is refused",
    "a device beyond the limit that is put off again and again",
    withDevice(surplus, ({ history }) => {
      const event = { type: "exchange", outcome: "failed", status: 503, ms: 9 } as const;
      history.entries.splice(0, 1, { at: 1, life: 1, event });
      return { history };
    }),
    { device: "sites/0002", detail: "was not refused with a reason" },
  ],
  [
    "health checks are answered",
    "a board that kept silent",
    withDevice(board0, () => ({ answered: false })),
    { device: "boards/0000" },
  ],
  [
    "approval reaches all",
    "a listed site that is still pending",
    withServer((server) => ({ sites: server.sites.map((site) => ({ ...site, status: "pending" as const })) })),
    { device: "sites/0001", detail: "was listed as pending and is not approved" },
  ],
];

describe("invariants", () => {
  it("all hold on a clean run", () => {
    expect(judgeInvariants(cleanEvidence()).filter(({ held }) => !held)).toEqual([]);
  });

  it.each(planted)("%s: %s is found", (name, _, plant, violation) => {
    const results = judgeInvariants(plant(cleanEvidence()));
    const result = results.find((one) => one.name === name);
    expect(result?.held).toBe(false);
    expect(result?.violations).toContainEqual(expect.objectContaining({ seed: 1, ...violation }));
  });

  it("all hold where the governing blueprint is applied again and again, and the bootstrap blueprint once", () => {
    const again = withServer(({ blueprints }) => ({
      blueprints: blueprints.flatMap((item) =>
        item.siteId === 0 ? [item, { ...item, once: false, applications: 7 }] : [item],
      ),
    }));
    expect(judgeInvariants(again(governed({})(cleanEvidence()))).filter(({ held }) => !held)).toEqual([]);
  });

  it("each has a violation planted against it", () => {
    expect(new Set(planted.map(([name]) => name))).toEqual(new Set(invariants.map(({ name }) => name)));
  });

  it("take the exchange of a device that died before its credentials were safe for a replay", () => {
    const diedEarly = withDevice(site0, ({ history }) => {
      history.add({ at: 5_000, life: 2, event: { type: "exchange", outcome: "ok", ms: 5 } });
      history.add({ at: 5_010, life: 2, event: { type: "persisted", ms: 5 } });
      return { history };
    });
    const results = judgeInvariants(diedEarly(cleanEvidence()));
    expect(results.find(({ name }) => name === "one exchange each")?.held).toBe(true);
  });

  it("waits for the end of a lease before it calls a site a ghost", () => {
    const judged = judgeInvariants(onLease(7_200)(withGhost(cleanEvidence()))).find(({ name }) => name === "no ghosts");
    expect(judged?.violations).toEqual([]);
  });

  it("take a site whose device was cut off in its exchange for that device's, as its nonce can still claim it", () => {
    const cutOff = withDevice(site0, () => ({ ids: [], enrolled: false, files: [] }));
    const withoutNonce = judgeInvariants(cutOff(cleanEvidence())).find(({ name }) => name === "no ghosts");
    const withIt = judgeInvariants(withNonce(site0)(cleanEvidence())).find(({ name }) => name === "no ghosts");
    expect([withoutNonce?.held, withIt?.held]).toEqual([false, true]);
  });

  it("never hold when they need a server that did not answer", () => {
    const broken = judgeInvariants({ ...cleanEvidence(), server: undefined }).filter(({ held }) => !held);
    expect(broken.map(({ name }) => name)).toEqual([
      "keys are not over-used",
      "no ghosts",
      "bootstrap blueprint once",
      "approval reaches all",
    ]);
    const ungoverned = judgeInvariants({ ...governed({})(cleanEvidence()), server: undefined });
    expect(ungoverned.find(({ name }) => name === "governing blueprint stands")?.held).toBe(false);
    for (const { violations } of broken) expect(violations[0]?.detail).toMatch(/^cannot be judged/);
  });

  it("never show the secret that they found", () => {
    const withSecret = withServer((server) => ({
      blueprints: server.blueprints.map((item) => ({ ...item, succeeded: false, message: `bad ${siteSecret}` })),
    }));
    const text = JSON.stringify(judgeInvariants(withSecret(cleanEvidence())));
    expect(text).toContain("bad [secret]");
    expect(text).not.toContain(siteSecret);
  });

  it("look only at what is the run's own", () => {
    const others = withServer((server) => ({
      keys: [
        ...server.keys,
        ...server.keys.map((item) => ({ ...item, siteProvisioningKeyId: "spk-other", numUsed: 9 })),
      ],
      sites: [
        ...server.sites,
        ...server.sites.map((item) => ({ ...item, siteId: 50, newtId: "o", siteProvisioningKeyId: "spk-other" })),
      ],
    }));
    expect(judgeInvariants(others(cleanEvidence())).filter(({ held }) => !held)).toEqual([]);
  });
});
