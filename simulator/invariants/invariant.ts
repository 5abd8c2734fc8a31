import type { DeviceEvidence, Evidence } from "../evidence.js";

/** A broken promise. The seed that replays it stands in the report once for all. */
export interface Violation {
  /** `population/index`, where it is one device's. */
  readonly device?: string;
  /** Milliseconds since the start of the run, where there is a moment. */
  readonly at?: number;
  /** What was found, without secrets. */
  readonly detail: string;
  readonly seed: string | number;
}

/** A promise that every run keeps. */
export interface Invariant {
  readonly name: string;
  /** One sentence for people. */
  readonly promise: string;
  judge(evidence: Evidence): Violation[];
}

/** What is wrong with a device and when, if its own history knows. */
export type Finding = { readonly detail: string; readonly at?: number } | undefined;

/** Missing evidence never holds. */
export function notJudged({ seed }: Evidence): Violation[] {
  return [{ detail: "cannot be judged: the target gave no answer of use when the run was over", seed }];
}

/** Judges device by device. */
export function forEachDevice(evidence: Evidence, judge: (device: DeviceEvidence) => Finding): Violation[] {
  return evidence.devices.flatMap((device) => {
    const finding = judge(device);
    return finding ? [{ device: device.spec.name, seed: evidence.seed, ...finding }] : [];
  });
}
