import Database from "better-sqlite3";
import { expect } from "vitest";
import { z } from "zod";
import { type Device, type Fleet, uses } from "./fleet.js";

const Keys = z.array(z.object({ id: z.string(), max: z.number().nullable(), used: z.number(), sites: z.number() }));
const Names = z.array(z.string());

const keys = `select id, max_usage as max, used,
  (select count(*) from site where provisioning_key_id = provisioning_key.id) as sites from provisioning_key`;

/** What a control plane's file says, read beside it. */
function read(path: string) {
  const database = new Database(path, { readonly: true });
  try {
    return {
      keys: Keys.parse(database.prepare(keys).all()),
      newts: new Set(Names.parse(database.prepare("select id from newt").pluck().all())),
      integrity: database.pragma("integrity_check", { simple: true }),
      strays: database.pragma("foreign_key_check"),
    };
  } finally {
    database.close();
  }
}

/** Devices by the id of their key. */
function byKey(devices: readonly Device[]): ReadonlyMap<string, readonly Device[]> {
  const groups = new Map<string, Device[]>();
  for (const device of devices) {
    const [id = ""] = device.key.split(".");
    const group = groups.get(id);
    if (group) group.push(device);
    else groups.set(id, [device]);
  }
  return groups;
}

/** Exchanges of one key, as its devices know them. */
function countOf(devices: readonly Device[]): { readonly answered: number; readonly inDoubt: number } {
  const answered = devices.filter(({ credentials }) => credentials).length;
  const refused = devices.filter((device) => device.refused).length;
  return { answered, inDoubt: devices.length - answered - refused };
}

/**
 * Holds a control plane's file against what its devices know, when no request is under way. A use is a site; who was
 * answered is there; and a use without an answer is one that some device still waits for. Returns how many exchanges
 * without a nonce have come to nothing, and how many of those took a use.
 */
export function audit(path: string, fleet: Fleet): { readonly lost: number; readonly lostUses: number } {
  const file = read(path);
  expect(file.integrity).toBe("ok");
  expect(file.strays).toEqual([]);
  const devices = byKey(fleet.devices);
  let stock = { lost: 0, lostUses: 0 };
  for (const { id, max, used, sites } of file.keys) {
    const { answered, inDoubt } = countOf(devices.get(id) ?? []);
    expect(sites, "a site for each use").toBe(used);
    expect(used, "every answer has its use").toBeGreaterThanOrEqual(answered);
    expect(used, "no use without somebody who asked for it").toBeLessThanOrEqual(
      Math.min(max ?? Infinity, answered + inDoubt),
    );
    if (max === null) stock = { lost: inDoubt, lostUses: used - answered };
  }
  expect(file.newts.size).toBe(file.keys.reduce((sum, { sites }) => sum + sites, 0));
  const lost = fleet.enrolled.filter(({ credentials }) => credentials && !file.newts.has(credentials.newtId));
  expect(lost, "who was answered is there").toEqual([]);
  return stock;
}

/** Holds when nothing is open any more: each racing device has its own credentials or the word that all uses are gone. */
export function settle(fleet: Fleet): void {
  const racing = fleet.devices.filter(({ nonce }) => nonce);
  for (const devices of byKey(racing).values()) {
    expect(countOf(devices)).toEqual({ answered: Math.min(uses, devices.length), inDoubt: 0 });
  }
  const ids = fleet.enrolled.map(({ credentials }) => credentials?.newtId);
  expect(new Set(ids).size).toBe(ids.length);
}
