import type { Message } from "../network.js";

/** What the ends of a channel say to each other beside messages. */
export type Control =
  | { readonly kind: "open" | "ping" | "pong" | "reset" }
  | { readonly kind: "close"; readonly code: number; readonly reason: string };
export type Frame = Message | Control;

export const ping: Control = { kind: "ping" };
export const pong: Control = { kind: "pong" };
export const reset: Control = { kind: "reset" };
export const open: Control = { kind: "open" };

export function isControl(frame: Frame): frame is Control {
  return typeof frame === "object" && "kind" in frame;
}

/** What a message is, without what it holds. */
export function summary(message: Message): string {
  if (typeof message !== "string") return `${message.length} bytes`;
  return /"type"\s*:\s*"([^"]{1,60})"/.exec(message)?.[1] ?? `${message.length} characters`;
}
