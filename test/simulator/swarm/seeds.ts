const untold = "a site that died after it had noted its blueprint, before it told of it, never counted as enrolled";

/** Seeds that ever failed, and what they found. */
export const seedsThatFailed: readonly (readonly [seed: number, found: string])[] = [
  [60, untold],
  [216, untold],
  [391, untold],
];
