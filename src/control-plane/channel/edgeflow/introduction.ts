import { clean } from "../../../protocol/edgeflow/api.js";
import type { Frame } from "../../../protocol/edgeflow/frame.js";
import type { Services } from "../../services.js";
import type { CredentialVerdict } from "../../store/device-credentials.js";
import { expiredText } from "./expiry.js";

/** Who a tunnel's device is. */
export interface DeviceIdentity {
  readonly deviceId: string;
  readonly orgId: string;
  /** When its credentials end, milliseconds; null: never. */
  readonly expiresAt: number | null;
}

/** What a device is told whose credentials were taken from it. */
export const revokedText = "credentials have been revoked";

/** Answers to credentials that do not let in. */
const refusals = { unknown: "invalid credentials", expired: expiredText, revoked: revokedText } as const;

function refusalOf(verdict: CredentialVerdict): string | undefined {
  return verdict === "valid" ? undefined : refusals[verdict];
}

/** The check of a `connect`: who it is, or what it is told. */
export async function introduce(
  { store }: Services,
  { device_id = "", api_key = "", version = "" }: Frame,
): Promise<DeviceIdentity | string> {
  const answer = await store.devices.connect(device_id, api_key, clean(version));
  if (answer.verdict !== "valid") return refusals[answer.verdict];
  return { deviceId: device_id, orgId: answer.orgId, expiresAt: answer.expiresAt };
}

/**
 * What a device is told whose credentials have ended since they were checked. Whoever ends them closes the tunnel that
 * there is: asked again by one that has taken its place, so that none slips in between.
 */
export async function secondThought(
  { store }: Services,
  { device_id = "", api_key = "" }: Frame,
): Promise<string | undefined> {
  return refusalOf(await store.devices.verify(device_id, api_key));
}
