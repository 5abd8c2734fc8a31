/** The limits of a provisioning key or a batch of codes, and how far they are used. */
export interface Usage {
  /** Null: unlimited. */
  readonly maxUsage: number | null;
  readonly used: number;
  /** Wall time in milliseconds; null: never. */
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
}

export const usageStates = ["active", "used_up", "expired", "revoked"] as const;
export type UsageState = (typeof usageStates)[number];

/** The state of a key at a moment. The most final reason wins. */
export function usageState({ maxUsage, used, expiresAt, revokedAt }: Usage, now: number): UsageState {
  if (revokedAt !== null) return "revoked";
  if (maxUsage !== null && used >= maxUsage) return "used_up";
  if (expiresAt !== null && expiresAt <= now) return "expired";
  return "active";
}
