/** What a receiver says that is no more. */
export const goneOutcome = "410";

/** Whether an attempt came to where it should: any status from 200 to 299. */
export function isDelivered(outcome: string | null): boolean {
  return outcome !== null && /^2\d\d$/.test(outcome);
}
