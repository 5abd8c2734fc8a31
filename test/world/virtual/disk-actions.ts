import fc from "fast-check";
import type { Disk } from "../../../src/world/disk.js";

export interface Action {
  readonly call:
    | "read"
    | "write"
    | "fsync"
    | "fsyncDirectory"
    | "rename"
    | "remove"
    | "makeDirectory"
    | "list"
    | "stat";
  readonly path: string;
  readonly to: string;
  readonly mode: number;
  readonly size: number;
}

const paths = ["f", "g", "a", "b", "a/f", "a/g", "b/f", "a/b", "a/b/f", "b/a", "./a//b/../f", "c/f"];

export function actions(weights: Partial<Record<Action["call"], number>>): fc.Arbitrary<Action[]> {
  const calls: Action["call"][] = [
    ...(["read", "fsync", "fsyncDirectory", "remove", "makeDirectory", "list", "stat"] as const),
    ...(["write", "write", "write", "rename", "rename", "rename"] as const),
  ];
  const weighted = calls.map((value) => ({ arbitrary: fc.constant(value), weight: weights[value] ?? 10 }));
  const action = fc.record({
    call: fc.oneof(...weighted),
    path: fc.constantFrom(...paths),
    to: fc.constantFrom(...paths),
    mode: fc.constantFrom(0o600, 0o644, 0o400),
    size: fc.integer({ min: 0, max: 30 }),
  });
  const made = ["a", "b"].map((path) => ({ call: "makeDirectory" as const, path, to: "", mode: 0, size: 0 }));
  return fc.array(action, { minLength: 1, maxLength: 25 }).map((sequence) => [...made, ...sequence]);
}

/** A content that no other write of the sequence has. */
export const content = (number: number, size: number): string => `${number}:`.repeat(size + 1);

export async function perform(disk: Disk, { call, path, to, mode, size }: Action, number: number): Promise<unknown> {
  switch (call) {
    case "rename":
      return disk.rename(path, to);
    case "write":
      return disk.write(path, content(number, size), { mode });
    case "read":
      return (await disk.read(path))?.toString();
    case "stat": {
      const stat = await disk.stat(path);
      return stat?.mode === 0o755 ? "a directory" : stat;
    }
    default:
      return disk[call](path);
  }
}
