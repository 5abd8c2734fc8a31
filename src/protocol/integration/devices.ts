import { z } from "zod";
import { Labels, Name, Pagination, Time } from "./values.js";

/** PUT /v1/org/:org/device: credentials that are made before the device is. */
export const DeviceCreate = z.strictObject({
  name: Name.optional(),
  expiresAt: Time.optional(),
  labels: Labels.optional(),
});
export type DeviceCreate = z.input<typeof DeviceCreate>;

/** The answer to a creation, in the words of the exchange: the only one that shows the key. */
export const DeviceCreated = z.object({
  device_id: z.string(),
  api_key: z.string(),
  expires_at: z.string().nullable(),
});
export type DeviceCreated = z.infer<typeof DeviceCreated>;

export const DeviceItem = z.object({
  deviceId: z.string(),
  orgId: z.string(),
  name: z.string(),
  online: z.boolean(),
  provisioningCodeId: z.string().nullable(),
  boardModel: z.string().nullable(),
  macAddress: z.string().nullable(),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  lastSeen: z.string().nullable(),
  /** Left out where there are none. */
  labels: z.array(z.string()).optional(),
  /** Whether the credentials have expired, or will within the warning time. */
  credentials: z.enum(["valid", "expiring", "expired", "revoked"]).optional(),
  /** What the device says of itself when it connects, and where it is or was last heard from. */
  agentVersion: z.string().nullish(),
  lastAddress: z.string().nullish(),
});
export type DeviceItem = z.infer<typeof DeviceItem>;

export const DevicePage = z.object({ devices: z.array(DeviceItem), pagination: Pagination });

/** PATCH /v1/org/:org/device/:id/shadow: keys that are desired; null takes one away. With `version`, only if it is still that. */
export const ShadowDesire = z.strictObject({
  desired: z.record(z.string().min(1).max(255), z.unknown()),
  version: z.number().int().positive().optional(),
});
export type ShadowDesire = z.input<typeof ShadowDesire>;

/** How long a device is given for its answer to a command, seconds. */
export const commandSeconds = { least: 1, usual: 10, most: 60 } as const;

/** POST /v1/org/:org/device/:id/command, answered with the device's `CommandResult`. */
export const CommandRequest = z.strictObject({
  action: z.string().min(1).max(100),
  payload: z.record(z.string(), z.unknown()).optional(),
  timeoutSeconds: z.number().min(commandSeconds.least).max(commandSeconds.most).default(commandSeconds.usual),
});
export type CommandRequest = z.input<typeof CommandRequest>;
