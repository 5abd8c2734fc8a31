import type { BlueprintSource } from "../../../protocol/integration/schema.js";
import type { Random } from "../../../world/random.js";

/** Who applies a document: a site, or its organisation. */
export interface Applier {
  readonly orgId: string;
  readonly siteId: number | undefined;
}

/** How a document came. */
export interface Origin {
  readonly source: BlueprintSource;
  /**
   * Whether a site's document governs what it names. Undefined: its sender does not say; it does where it comes again.
   */
  readonly governs: boolean | undefined;
}

/** What a plan takes of the world. */
export interface Moment extends Origin {
  readonly at: number;
  readonly random: Random;
}
