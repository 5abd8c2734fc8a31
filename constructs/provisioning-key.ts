import { Construct } from "constructs";
import { ProvisioningKey as KeyResource } from "./generated/index.js";
import { checkCount, checkExpiry, checkName, checkRecipients, type ExpiryProps } from "./limits.js";
import { refuse } from "./refuse.js";
import type { Secret } from "./secret.js";

/** What becomes of a site that comes with a key: it waits for an operator, or it works at once. */
export type NewSites = "pending" | "approved";

export interface ProvisioningKeyProps extends ExpiryProps {
  readonly name: string;
  /** How many sites may come with it: 1 to 1,000,000, or `"unlimited"`. */
  readonly maxUsage: number | "unlimited";
  /** Default `"approved"`. */
  readonly newSites?: NewSites;
  /** Public age keys (`age1…`) that the key is sealed to; without them it is plain and sensitive in the state. */
  readonly ageRecipients?: readonly string[];
  /** The organisation; default: the provider's. */
  readonly org?: string;
}

/**
 * A key that many sites exchange for credentials of their own at their first boot, with limits.
 *
 * @example
 * new ProvisioningKey(this, "key", { name: "acme", maxUsage: 125, validFor: Duration.days(7), newSites: "pending" });
 */
export class ProvisioningKey extends Construct {
  readonly #resource: KeyResource;
  readonly #sealed: boolean;

  constructor(scope: Construct, id: string, props: ProvisioningKeyProps) {
    super(scope, id);
    const { name, maxUsage, validFor, expiresAt, newSites = "approved", ageRecipients, org } = props;
    checkName(this, name);
    if (maxUsage !== "unlimited") checkCount(this, "maxUsage", maxUsage, 1_000_000, ' or "unlimited"');
    checkExpiry(this, props);
    checkRecipients(this, ageRecipients);
    if (newSites !== "pending" && newSites !== "approved") {
      refuse(this, `newSites is ${JSON.stringify(newSites)}`, 'write "pending" or "approved"');
    }

    this.#sealed = ageRecipients !== undefined;
    this.#resource = new KeyResource(this, "Default", {
      name,
      ...(maxUsage !== "unlimited" && { maxUsage }),
      ...(validFor && { expiresIn: validFor.toString() }),
      ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
      approveNewSites: newSites === "approved",
      ...(ageRecipients && { ageRecipients: [...ageRecipients] }),
      ...(org !== undefined && { org }),
    });
  }

  /** `spk-…`: tells the key apart and is no secret. */
  get keyId(): string {
    return this.#resource.id;
  }

  /** The key itself. Throws FB1009 for a sealed one: there is nothing to refer to. */
  get key(): string {
    if (this.#sealed) {
      const remedy = "hand it on in an artefact of OnboardingArtifacts, or leave ageRecipients out";
      refuse(this, "the plain key of a sealed provisioning key is used", remedy);
    }
    return this.#resource.key;
  }

  /** How artefacts carry the key: sealed or plain. */
  get secret(): Secret {
    return this.#sealed ? { sealed: this.#resource.sealedKey } : { secret: this.#resource.key };
  }
}
