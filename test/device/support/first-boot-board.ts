import { expect } from "vitest";
import type { DeviceEvent } from "../../../src/device/event.js";
import { EdgeFlowDevice } from "../../../src/device/index.js";
import { startVirtualControlPlane, type VirtualHost, type VirtualWorld } from "../../../src/testing/index.js";
import type { World } from "../../../src/world/world.js";
import { facts } from "./edgeflow.js";
import { type FirstBoot, noted, thisBox } from "./first-boot.js";

/** Writes a board's `.env` file with a code. */
export function putCode(host: VirtualHost, url: string, code: string): void {
  const saas = new URL(url).host;
  host.disk.put(
    ".env",
    `EDGEFLOW_SAAS_ENABLED=true\nEDGEFLOW_SAAS_URL=${saas}\nEDGEFLOW_PROVISIONING_CODE=${code}\n`,
    0o600,
  );
}

/** Puts what an EdgeFlow device needs on a host's disk: a code. */
export async function placedBoard(virtual: VirtualWorld, host: VirtualHost): Promise<FirstBoot> {
  const plane = await startVirtualControlPlane(virtual);
  const { codes } = await plane.client.createCodes(plane.org, { name: "boards", quantity: 1 });
  const [secret = ""] = codes;
  putCode(host, plane.url, secret);
  return { plane, secret, nonces: new Set(), notices: [], overrides: {} };
}

/** One life of an EdgeFlow device. */
export function boardLife(subject: FirstBoot, world: World, box = thisBox): Promise<unknown> {
  const onEvent = (event: DeviceEvent): void => {
    if (event.type === "notice") subject.notices.push(event.message);
  };
  const options = { envFile: ".env", stateDirectory: "state", facts, box, onEvent };
  return new EdgeFlowDevice(noted(world, subject), options).run();
}

/** The device's files are private, and nothing of an exchange is left. */
export function judgeState({ disk }: VirtualHost): void {
  for (const file of ["credentials.json", "credentials.json.good", "credentials.key"]) {
    expect(disk.stat(`state/${file}`)?.mode, `${file} is private`).toBe(0o600);
  }
  expect([...disk.snapshot().keys()], "the nonce is gone").not.toContain("/state/nonce");
}

/** What one first boot must come to: one device, one use, one nonce, credentials that are private. */
export async function judgeBoard({ plane: { client, org }, nonces }: FirstBoot, host: VirtualHost): Promise<void> {
  expect(await client.listDevices(org), "one device, online").toMatchObject([{ online: true }]);
  expect(await client.listCodes(org), "one use").toMatchObject([{ numUsed: 1 }]);
  expect([...nonces], "one nonce").toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
  judgeState(host);
}
