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

/** A frame, or undefined if the text is not one. */
export function decodeFrame(text: string): Frame | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = Frame.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}
