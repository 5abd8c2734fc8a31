import { availableParallelism } from "node:os";

/** The machine that a fleet ran on. */
export function machineFacts(): { node: string; cores: number; platform: string } {
  return { node: process.version, cores: availableParallelism(), platform: `${process.platform} ${process.arch}` };
}
