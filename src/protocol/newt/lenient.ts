import { z } from "zod";

/** A list that may be null or left out: newt reads both as an empty one. */
export function listOf<T extends z.ZodType>(item: T) {
  return z
    .array(item)
    .nullish()
    .transform((list) => list ?? []);
}

/** A value that may be null or left out, for which newt then takes `zero`. */
export function orZero<T extends z.ZodType>(value: T, zero: z.output<T>) {
  return value.nullish().transform((given) => given ?? zero);
}
