import { z } from "zod";

/** Paths of the EdgeFlow cloud (PROTOCOLS C2, C3, C5). */
export const edgeflowPaths = {
  provision: "/api/v1/devices/provision",
  tunnel: "/tunnel",
  shadow: (deviceId: string) => `/api/v1/devices/${encodeURIComponent(deviceId)}/shadow`,
} as const;

/** Text without control characters: devices in the field send a NUL at the end of `board_model` (PROTOCOLS D4). */
export function clean(text: string): string {
  return text.replace(/\p{Cc}/gu, "");
}

/** Facts about the box (PROTOCOLS C2). */
const cleanText = z.string().max(255).transform(clean);

export const HardwareInfo = z.object({
  board_model: cleanText.optional(),
  cpu_cores: z.number().int().nonnegative().optional(),
  ram_mb: z.number().nonnegative().optional(),
  os: cleanText.optional(),
  arch: cleanText.optional(),
  kernel: cleanText.optional(),
});
export type HardwareInfo = z.infer<typeof HardwareInfo>;

export const NetworkInfo = z.object({
  hostname: cleanText.optional(),
  ip_address: cleanText.optional(),
  mac_address: cleanText.optional(),
  connection_type: cleanText.optional(),
});
export type NetworkInfo = z.infer<typeof NetworkInfo>;

/** Body of the exchange (PROTOCOLS C2). */
export const ProvisionRequest = z.object({
  provisioning_code: z.string().min(1).max(100),
  hardware_info: HardwareInfo.default({}),
  network_info: NetworkInfo.default({}),
});
export type ProvisionRequest = z.infer<typeof ProvisionRequest>;

/** The bare answer of the exchange. */
export const ProvisionAnswer = z.object({
  device_id: z.string().min(1),
  api_key: z.string().min(1),
  expires_at: z.string().optional(),
});
export type ProvisionAnswer = z.infer<typeof ProvisionAnswer>;

/** One side of a shadow. */
const State = z.record(z.string(), z.unknown());

/** A device's shadow (PROTOCOLS C5). */
export const Shadow = z.object({
  device_id: z.string(),
  version: z.number().int(),
  desired: State,
  reported: State,
  delta: State,
  metadata: z.object({
    desired: z.record(z.string(), z.string()).optional(),
    reported: z.record(z.string(), z.string()).optional(),
  }),
  updated_at: z.string(),
});
export type Shadow = z.infer<typeof Shadow>;

/** PUT of a device: keys that it reports; null takes one away. */
export const ShadowUpdate = z.object({ reported: State });

/** `https://host:port` of a server written as the device's configuration has it, without a scheme (PROTOCOLS C1). */
export function cloudUrl(saasUrl: string, tls: boolean): string {
  return `${tls ? "https" : "http"}://${saasUrl}`;
}

/** The URL of the tunnel (PROTOCOLS C3). */
export function tunnelUrl(saasUrl: string, tls: boolean): string {
  return `${tls ? "wss" : "ws"}://${saasUrl}${edgeflowPaths.tunnel}`;
}
