import { z } from "zod";
import type { Frame } from "../../src/protocol/edgeflow/frame.js";
import { DeviceCreated, DeviceItem } from "../../src/protocol/integration/schema.js";
import { type DeviceCredentials, DeviceId } from "../../src/provisioning/credentials.js";
import { dataOf, org, type Plane, type Talk } from "./plane.js";

export const devicesPath = `/v1/org/${org}/device`;

/** Credentials that are made beforehand. */
export async function made(plane: Plane, body: object = {}): Promise<DeviceCredentials> {
  const { device_id, api_key } = dataOf(await plane.api("PUT", devicesPath, body), DeviceCreated);
  return { deviceId: DeviceId.parse(device_id), apiKey: api_key };
}

/** A device as operators see it. */
export async function shown(plane: Plane, deviceId: string): Promise<DeviceItem> {
  return dataOf(await plane.api("GET", `${devicesPath}/${deviceId}`), DeviceItem);
}

/** What a device hears whose `connect` is refused. */
export async function refusal(plane: Plane, { deviceId, apiKey }: DeviceCredentials) {
  const tunnel = await plane.tunnel();
  tunnel.say({ type: "connect", device_id: deviceId, api_key: apiKey });
  return { error: (await tunnel.hear("error")).error, closed: await tunnel.hearClose() };
}

/** Answers a command as a device does that is well. */
export function succeed(tunnel: Talk<Frame>, { id }: Frame, data: unknown = {}): void {
  tunnel.say({ type: "response", ...(id !== undefined && { id }), status: "success", data });
}

/** A device's own call of its shadow. */
export function ownShadow(plane: Plane, { deviceId, apiKey }: DeviceCredentials, reported?: unknown) {
  const path = `/api/v1/devices/${deviceId}/shadow`;
  const body = reported === undefined ? undefined : { reported };
  return plane.send(body ? "PUT" : "GET", path, body, { "x-api-key": apiKey });
}

const Audit = z.object({ audit: z.array(z.object({ action: z.string(), result: z.string() })) });

/** What is on record about a device, newest first: `action result`. */
export async function record(plane: Plane, deviceId: string): Promise<string[]> {
  const { audit } = dataOf(await plane.api("GET", `/v1/org/${org}/audit?target=${deviceId}`), Audit);
  return audit.map(({ action, result }) => `${action} ${result}`);
}
