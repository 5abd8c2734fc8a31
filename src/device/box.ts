import { createHash } from "node:crypto";
import { z } from "zod";

/** What is particular to a box, over all that is copied with a disk: 64 hexadecimal digits, which tell nothing of what went in. */
export const BoxId = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .brand<"BoxId">();
export type BoxId = z.infer<typeof BoxId>;

/** What tells one box from another, as far as it is known. */
export interface BoxMarks {
  readonly machineId?: string | undefined;
  /** Of the interfaces that belong to the box, in any order. */
  readonly macs: readonly string[];
  /** Of the board or chassis. */
  readonly serial?: string | undefined;
}

/** What interfaces have that have no address of their own. */
const noMac = /^[0:-]*$/;

/** The box with these marks, however they are ordered or written; undefined if nothing is known of it. */
export function boxIdOf({ machineId, macs, serial }: BoxMarks): BoxId | undefined {
  const marks = (name: string, values: readonly (string | undefined)[]): string[] =>
    values.flatMap((value = "") => value.trim().toLowerCase() || []).map((value) => `${name} ${value}`);
  const parts = new Set([
    ...marks("machine", [machineId]),
    ...marks(
      "mac",
      macs.filter((mac) => !noMac.test(mac)),
    ),
    ...marks("serial", [serial]),
  ]);
  if (parts.size === 0) return undefined;
  return BoxId.parse(
    createHash("sha256")
      .update([...parts].sort().join("\n"))
      .digest("hex"),
  );
}
