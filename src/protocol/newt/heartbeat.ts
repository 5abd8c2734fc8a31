import { decodeMessage, encodeAsNewt, type NewtMessage } from "./message.js";

/** Config versions whose frames are remembered; a bound, since a device may claim any. */
const mostRemembered = 1_024;

const texts = new Map<number | undefined, string>();
const messages = new Map<string, NewtMessage>();

/** The frame of a heartbeat (PROTOCOLS A10): most of what is ever said, and the same for as long as nothing changes. */
export function encodeHeartbeat(configVersion?: number): string {
  let text = texts.get(configVersion);
  if (text === undefined) {
    text = encodeAsNewt({ type: "newt/ping", data: {}, ...(configVersion !== undefined && { configVersion }) });
    if (texts.size < mostRemembered) texts.set(configVersion, text);
    const message = decodeMessage(text);
    if (message && messages.size < mostRemembered) messages.set(text, message);
  }
  return text;
}

/** The answer to a heartbeat at an ISO time: by hand, since nothing in it needs to be escaped. */
export function encodePong(timestamp: string, configVersion: number): string {
  return `{"type":"pong","data":{"timestamp":"${timestamp}"},"configVersion":${configVersion}}`;
}

/** A heartbeat as `encodeHeartbeat` writes it; undefined for any other text, heartbeats in other words among them. */
export function knownHeartbeat(text: string): NewtMessage | undefined {
  return messages.get(text);
}

// A server hears heartbeats that it never wrote; most configs have changed a few times.
for (const configVersion of [undefined, ...Array(64).keys()]) encodeHeartbeat(configVersion);
