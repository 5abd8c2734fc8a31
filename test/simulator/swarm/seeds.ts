const untold = "a site that died after it had noted its blueprint, before it told of it, never counted as enrolled";

/** Seeds that ever failed, and what they found. */
export const seedsThatFailed: readonly (readonly [seed: number, found: string])[] = [
  [60, untold],
  [216, untold],
  [391, untold],
  [1568, "a site killed between rename and fsync used its credentials in its next life, and lost them with the power"],
  [9550, "a control plane that crashed while it was asked for evidence was taken for one that broke a promise"],
];
