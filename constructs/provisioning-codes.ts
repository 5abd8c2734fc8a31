import { Fn } from "cdktf";
import { Construct } from "constructs";
import { ProvisioningCode as CodeResource } from "./generated/index.js";
import { checkCount, checkExpiry, checkName, checkRecipients, type ExpiryProps } from "./limits.js";
import { refuse } from "./refuse.js";
import type { Secret } from "./secret.js";

export interface ProvisioningCodesProps extends ExpiryProps {
  readonly name: string;
  /** How many codes: 1 to 10,000. */
  readonly quantity: number;
  /** Public age keys (`age1…`) that the codes are sealed to; without them they are plain and sensitive in the state. */
  readonly ageRecipients?: readonly string[];
  /** The organisation; default: the provider's. */
  readonly org?: string;
}

/**
 * A batch of one-time codes, each for the first boot of one EdgeFlow device.
 *
 * @example
 * new ProvisioningCodes(this, "codes", { name: "batch 7", quantity: 50, validFor: Duration.days(7) });
 */
export class ProvisioningCodes extends Construct {
  readonly #resource: CodeResource;
  readonly #sealed: boolean;

  constructor(scope: Construct, id: string, props: ProvisioningCodesProps) {
    super(scope, id);
    const { name, quantity, validFor, expiresAt, ageRecipients, org } = props;
    checkName(this, name);
    checkCount(this, "quantity", quantity, 10_000);
    checkExpiry(this, props);
    checkRecipients(this, ageRecipients);

    this.#sealed = ageRecipients !== undefined;
    this.#resource = new CodeResource(this, "Default", {
      name,
      quantity,
      ...(validFor && { ttl: validFor.toString() }),
      ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
      ...(ageRecipients && { ageRecipients: [...ageRecipients] }),
      ...(org !== undefined && { org }),
    });
  }

  /** The id of the batch; no secret. */
  get batchId(): string {
    return this.#resource.id;
  }

  /** The codes themselves. Throws FB1009 for sealed ones: there is nothing to refer to. */
  get codes(): string[] {
    if (this.#sealed) {
      const remedy = "hand them on in an artefact of OnboardingArtifacts, or leave ageRecipients out";
      refuse(this, "the plain codes of a sealed batch are used", remedy);
    }
    return this.#resource.codes;
  }

  /** How artefacts carry the codes, one a line: sealed or plain. */
  get secret(): Secret {
    return this.#sealed ? { sealed: this.#resource.sealedCodes } : { secret: Fn.join("\n", this.#resource.codes) };
  }
}
