import { Construct } from "constructs";
import type { Blueprint } from "./blueprint.js";
import { checkCount, type ExpiryProps } from "./limits.js";
import { OnboardingArtifacts } from "./onboarding-artifacts.js";
import { type NewSites, ProvisioningKey } from "./provisioning-key.js";

export interface CustomerRolloutProps extends ExpiryProps {
  /** The customer's name: of the key, and of the folder of the files. */
  readonly name: string;
  /** How many devices are shipped: the key has as many uses. */
  readonly sites: number;
  /** Default `"approved"`. */
  readonly newSites?: NewSites;
  /** The control plane's base URL. */
  readonly endpoint: string;
  /** What each site is called; `{{env.NAME}}` is filled on the device. */
  readonly siteName?: string;
  /** Applied once, when a site is provisioned. */
  readonly blueprint?: Blueprint;
  /** Public age keys that the key is sealed to. */
  readonly ageRecipients?: readonly string[];
  /** The organisation; default: the provider's. */
  readonly org?: string;
  /** Where the files are collected; default: an output of this customer alone. */
  readonly artifacts?: OnboardingArtifacts;
}

/**
 * All that one customer needs: a key sized for the devices, and the files they are shipped with.
 *
 * @example
 * new CustomerRollout(this, "acme", { name: "acme", sites: 125, validFor: Duration.days(7), endpoint, blueprint });
 */
export class CustomerRollout extends Construct {
  readonly key: ProvisioningKey;
  readonly artifacts: OnboardingArtifacts;

  constructor(scope: Construct, id: string, props: CustomerRolloutProps) {
    super(scope, id);
    const { name, sites, endpoint, siteName, blueprint, artifacts, ...limits } = props;
    checkCount(this, "sites", sites, 1_000_000);
    this.key = new ProvisioningKey(this, "key", { name, maxUsage: sites, ...limits });
    this.artifacts = artifacts ?? new OnboardingArtifacts(this, "artifacts");
    this.artifacts.newtConfig({
      folder: name,
      endpoint,
      key: this.key,
      ...(siteName !== undefined && { name: siteName }),
      ...(blueprint && { provisioningBlueprint: blueprint }),
    });
  }
}
