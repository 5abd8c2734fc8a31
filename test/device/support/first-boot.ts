import { expect } from "vitest";
import { type BoxId, boxIdOf } from "../../../src/device/box.js";
import type { DeviceEvent } from "../../../src/device/event.js";
import { NewtSite, type SiteOverrides } from "../../../src/device/index.js";
import { nonceHeader } from "../../../src/provisioning/nonce.js";
import { startVirtualControlPlane, type VirtualControlPlane, type VirtualHost } from "../../../src/testing/index.js";
import type { Network } from "../../../src/world/network.js";
import type { VirtualWorld } from "../../../src/world/virtual/index.js";
import type { World } from "../../../src/world/world.js";

/** A box before its first boot, its control plane, and what is heard of them. */
export interface FirstBoot {
  readonly plane: VirtualControlPlane;
  /** The key or code: it must be gone from a disk that may not keep it. */
  readonly secret: string;
  /** Of every exchange that was tried. */
  readonly nonces: Set<string | undefined>;
  readonly notices: string[];
  readonly overrides: SiteOverrides;
}

/** The box that walks take place on. */
export const thisBox = boxOf("dc:a6:32:00:00:01");

export function boxOf(mac: string): BoxId {
  const box = boxIdOf({ macs: [mac] });
  if (!box) throw new Error("a MAC address makes a box");
  return box;
}

/** The World with the nonces of its exchanges noted. */
export function noted({ clock, random, disk, network, env, log, process }: World, { nonces }: FirstBoot): World {
  const watched: Network = {
    request: (request) => {
      if (/\/(register|provision)$/.test(request.url)) nonces.add(request.headers?.[nonceHeader]);
      return network.request(request);
    },
    connect: (url, options) => network.connect(url, options),
    listen: (options, listener) => network.listen(options, listener),
    knock: (at) => network.knock(at),
    udp: (options, receive) => network.udp(options, receive),
  };
  return { clock, random, disk, network: watched, env, log, process };
}

/** A blueprint of one resource. */
export const resource = (name: string): string =>
  `public-resources: { ${name}: { mode: tcp, proxy-port: 5000, name: ${name} } }`;

export interface Placing {
  readonly approveNewSites?: boolean;
  /** Puts a provisioning blueprint and one that governs beside the config file. */
  readonly blueprints?: boolean;
  /** Whether settings and key stand in the config file, or are given by flags while there is no file. */
  readonly key?: "in file" | "by flag";
  readonly maxBatchSize?: number;
}

/** Puts what a site needs on a host's disk: a key of one use, and blueprints. */
export async function placed(virtual: VirtualWorld, host: VirtualHost, placing: Placing = {}): Promise<FirstBoot> {
  const { approveNewSites = true, blueprints = false, key = "in file", maxBatchSize = 1 } = placing;
  const plane = await startVirtualControlPlane(virtual);
  const wish = { name: "acme", maxBatchSize, approveNewSites };
  const { siteProvisioningKey: secret } = await plane.client.createKey(plane.org, wish);
  const files = blueprints ? { blueprintFile: "site.yaml", provisioningBlueprintFile: "bootstrap.yaml" } : {};
  const config = { endpoint: plane.url, provisioningKey: secret, ...files };
  if (blueprints) {
    host.disk.put("site.yaml", resource("governed").replace("5000", "5001"));
    host.disk.put("bootstrap.yaml", resource("bootstrap"));
  }
  if (key === "in file") host.disk.put("newt.json", JSON.stringify(config), 0o600);
  return { plane, secret, nonces: new Set(), notices: [], overrides: key === "in file" ? {} : config };
}

/** One life of a site. */
export function siteLife(subject: FirstBoot, world: World, box = thisBox): Promise<unknown> {
  const { overrides, notices } = subject;
  const onEvent = (event: DeviceEvent): void => {
    if (event.type === "notice") notices.push(event.message);
  };
  return new NewtSite(noted(world, subject), { configFile: "newt.json", box, overrides, onEvent }).run();
}

/** All that is on a disk. */
export function textOn({ disk }: VirtualHost): string {
  return [...disk.snapshot().values()].map(({ data }) => data.toString("latin1")).join("\n");
}

/** The identity in a config file. */
export function identityOn({ disk }: VirtualHost): { readonly id: string; readonly secret: string } {
  return JSON.parse(disk.get("newt.json")?.toString() ?? "{}");
}

/** What one first boot must come to: one site, one use, one nonce, credentials that are private, and no key. */
export async function judgeSite(
  { plane: { client, org }, secret, nonces }: FirstBoot,
  host: VirtualHost,
): Promise<void> {
  expect(await client.listSites(org), "one site, online").toMatchObject([{ online: true }]);
  expect(await client.listKeys(org), "one use").toMatchObject([{ numUsed: 1 }]);
  expect([...nonces], "one nonce").toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
  expect(textOn(host), "no key on disk").not.toContain(secret);
  for (const file of ["newt.json", ".newt.json.good"]) {
    expect(host.disk.stat(file)?.mode, `${file} is private`).toBe(0o600);
  }
  const copy: { text?: string } = JSON.parse(host.disk.get(".newt.json.good")?.toString() ?? "{}");
  expect(copy.text, "the copy is that of the file").toBe(host.disk.get("newt.json")?.toString());
  expect([...host.disk.snapshot().keys()], "the nonce is gone").not.toContain("/.newt.json.nonce");
}
