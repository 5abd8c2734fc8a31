import type { NewAlert } from "./alert-rows.js";
import type { Applicant } from "./key-limits.js";
import type { ProvisioningKeyRow } from "./schema.js";

const oddities = {
  revoked: "after it was revoked",
  foreign_address: "from where it may not be used",
  unfit_name: "under a name that it is not for",
} as const;

/** How a right secret can be shown by somebody who should not have it. */
export type Oddity = keyof typeof oddities;

export function isOddity(outcome: string): outcome is Oddity {
  return outcome in oddities;
}

type Key = Pick<ProvisioningKeyRow, "id" | "org_id" | "name">;

function alertAbout({ id, org_id, name }: Key, what: string): NewAlert<"key.strangers"> {
  return { orgId: org_id, kind: "key.strangers", subject: id, message: `Key "${name}" ${id} ${what}` };
}

/** The right secret of a key was shown, and not as the key is meant to be. */
export function oddlyShown(key: Key, { address, name }: Applicant, oddity: Oddity): NewAlert<"key.strangers"> {
  const as = name === undefined ? "" : ` as "${name}"`;
  return alertAbout(key, `was shown with its right secret ${oddities[oddity]}: ${address}${as}`);
}

/** A source has used up its guesses, the last of them at this key. */
export function guessedAt(key: Key, address: string): NewAlert<"key.strangers"> {
  return alertAbout(key, `was shown with wrong secrets until no more were heard: ${address}`);
}
