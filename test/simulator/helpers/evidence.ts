import type { DeviceEvidence, Evidence, ServerEvidence } from "../../../simulator/evidence.js";
import type { DeviceFile } from "../../../simulator/files.js";
import { History } from "../../../simulator/history.js";
import { identityOf } from "../../../simulator/identity.js";
import { Secrets } from "../../../simulator/secrets.js";
import { hardened } from "../../../src/device/persona.js";

export const keyId = "spk-abcdefghijklmno";
export const key = `${keyId}.${"a2".repeat(20)}`;
export const siteSecret = "b3".repeat(20);
export const code = "PROV-ABCD-2345";
export const apiKey = `efk_${"c4".repeat(20)}`;

export const newtConfig = (index: number): DeviceFile => ({
  path: "newt.json",
  mode: 0o600,
  text: JSON.stringify({ endpoint: "https://x", id: newtId(index), secret: siteSecret }),
});
export const newtId = (index: number): string => `newtnewtnewt00${index}`;

function device(kind: "newt" | "edgeflow", index: number, surplus: boolean): DeviceEvidence {
  const history = new History();
  if (surplus) {
    history.add({
      at: 9_000,
      life: 1,
      event: { type: "stopped", reason: { kind: "refused", step: "exchange", status: 401, reason: "used up" } },
    });
  } else {
    history.add({ at: 100, life: 1, event: { type: "exchange", outcome: "ok", ms: 5 } });
    history.add({ at: 120, life: 1, event: { type: "connected", ms: 5 } });
  }
  const population = kind === "newt" ? "sites" : "boards";
  const files = kind === "newt" ? [newtConfig(index)] : [{ path: ".env", mode: 0o600, text: `CODE=${code}` }];
  return {
    spec: {
      name: `${population}/000${index}`,
      population,
      kind,
      index,
      identity: identityOf(1, kind === "newt" ? 0 : 1, index),
      persona: hardened,
      directory: `${population}/${index}`,
      files: [],
      blueprints: new Map(kind === "newt" ? [["provisioning", "bootstrap.yaml"] as const] : []),
      surplus,
    },
    history,
    applied: new Set(kind === "newt" && !surplus ? ["provisioning"] : []),
    enrolled: !surplus,
    asked: kind === "edgeflow",
    answered: kind === "edgeflow",
    listed: kind === "newt" && index === 1,
    files: surplus ? [{ path: "newt.json", mode: 0o600, text: key }] : files,
    log: "info it went well {}\n",
    ids: surplus ? [] : [kind === "newt" ? newtId(index) : `dev_${index}`],
  };
}

/** What a run leaves that kept every promise: two sites, two boards, and a site beyond the limit. */
export function cleanEvidence(): Evidence & { server: ServerEvidence; devices: DeviceEvidence[] } {
  const devices = [
    device("newt", 0, false),
    device("newt", 1, false),
    device("edgeflow", 0, false),
    device("edgeflow", 1, false),
    device("newt", 2, true),
  ];
  const secrets = new Secrets();
  for (const secret of [key, siteSecret, code]) secrets.add(secret);
  const times = { createdAt: "2026-01-01T00:00:00Z", lastUsed: null };
  const at = { orgId: "default", createdAt: "2026-01-01T00:00:00Z" };
  return {
    seed: 1,
    devices,
    keyIds: new Set([keyId]),
    texts: [{ name: "server.log", text: "all is well" }],
    secrets,
    server: {
      at: Date.parse("2026-01-01T01:00:00Z"),
      keys: [
        {
          ...{ siteProvisioningKeyId: keyId, orgId: "default", name: "key", lastChars: "a2a2", ...times },
          ...{ maxBatchSize: 2, numUsed: 2, validUntil: null, approveNewSites: true },
        },
      ],
      codes: [
        {
          ...{ provisioningCodeId: "batch", orgId: "default", name: "codes", quantity: 2, numUsed: 2, ...times },
          ...{ expiresAt: null, state: "used_up" as const },
        },
      ],
      sites: [0, 1].map((index) => ({
        ...{
          siteId: index,
          niceId: `n${index}`,
          name: `site ${index}`,
          type: "newt",
          online: true,
          status: "approved" as const,
        },
        ...{ newtId: newtId(index), siteProvisioningKeyId: keyId },
      })),
      devices: [0, 1].map((index) => ({
        ...{ deviceId: `dev_${index}`, name: `board ${index}`, online: true, provisioningCodeId: "batch", ...at },
        ...{ boardModel: null, macAddress: null, expiresAt: null, lastSeen: null },
      })),
      blueprints: [0, 1].map((index) => ({
        ...{ blueprintId: index, name: `b${index}`, source: "NEWT", succeeded: true, orgId: "default", createdAt: 0 },
        ...{ siteId: index, parked: false },
      })),
      resources: [],
      governing: new Map(),
    },
  };
}
