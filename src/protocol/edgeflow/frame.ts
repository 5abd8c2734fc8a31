import { z } from "zod";

/** A text frame on the tunnel, either way (PROTOCOLS C3). */
export const Frame = z.object({
  type: z.string().min(1).max(100),
  id: z.string().max(200).optional(),
  device_id: z.string().max(200).optional(),
  api_key: z.string().max(200).optional(),
  version: z.string().max(100).optional(),
  action: z.string().max(100).optional(),
  payload: z.unknown().optional(),
  status: z.enum(["success", "error"]).optional(),
  data: z.unknown().optional(),
  error: z.string().optional(),
  timestamp: z.string().optional(),
  /** Ours, in `connected`: when the device's credentials end, where that is soon. Devices skip what they do not know. */
  expires_at: z.string().optional(),
});
export type Frame = z.infer<typeof Frame>;

/** What a device answers to a command. */
export const CommandResult = z.object({
  status: z.enum(["success", "error"]),
  data: z.unknown().optional(),
  error: z.string().optional(),
});
export type CommandResult = z.infer<typeof CommandResult>;

/** The two ends of a tunnel. */
export type End = "device" | "cloud";

/** A type of frame: who says it, and what it must carry. */
export interface FrameType {
  readonly from: readonly End[];
  readonly needs: readonly (keyof Frame)[];
}

/** All types of frames (PROTOCOLS C3). */
export const frameTypes = {
  connect: { from: ["device"], needs: ["device_id", "api_key"] },
  connected: { from: ["cloud"], needs: [] },
  ping: { from: ["device"], needs: [] },
  pong: { from: ["cloud"], needs: [] },
  command: { from: ["cloud", "device"], needs: ["id", "action"] },
  response: { from: ["cloud", "device"], needs: ["id", "status"] },
  error: { from: ["cloud", "device"], needs: ["error"] },
} as const satisfies Readonly<Record<string, FrameType>>;

export type FrameName = keyof typeof frameTypes;

export function isFrameName(name: string): name is FrameName {
  return Object.hasOwn(frameTypes, name);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A frame, or undefined if the text is not one. */
export function decodeFrame(text: string): Frame | undefined {
  return Frame.safeParse(parsed(text)).data;
}
