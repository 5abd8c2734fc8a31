import type { DeviceEvent } from "../src/device/event.js";

/** Something a device told. */
export interface HistoryEntry {
  /** Milliseconds since the start of the run. */
  readonly at: number;
  /** Which of its lives it was in, from 1. */
  readonly life: number;
  readonly event: DeviceEvent;
}

/** Beyond this many entries only what is judged is kept: a fleet that reconnects for days must not fill the memory. */
const mostEntries = 8;
const always: ReadonlySet<DeviceEvent["type"]> = new Set(["exchange", "persisted", "stopped"]);
/** What may come without end, and is judged by no one. */
const never: ReadonlySet<DeviceEvent["type"]> = new Set(["heartbeat", "health", "notice"]);

/** What a device told over all its lives, without its heartbeats, checks and notices. */
export class History {
  readonly entries: HistoryEntry[] = [];

  add(entry: HistoryEntry): void {
    const { event } = entry;
    if (never.has(event.type)) return;
    const isKept = always.has(event.type) || (event.type === "blueprint" && event.mode === "provisioning");
    if (isKept || this.entries.length < mostEntries) this.entries.push(entry);
  }

  /** The entries of one type of event, in order. */
  of<T extends DeviceEvent["type"]>(type: T): (HistoryEntry & { readonly event: Extract<DeviceEvent, { type: T }> })[] {
    return this.entries.filter((entry): entry is HistoryEntry & { event: Extract<DeviceEvent, { type: T }> } => {
      return entry.event.type === type;
    });
  }
}
