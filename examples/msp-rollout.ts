/**
 * One onboarding bundle for two customers, and one-time codes for a batch of boards.
 *
 * `npx cdktf deploy` asks the control plane at FIRSTBOOT_ENDPOINT for keys and codes. Give FIRSTBOOT_AGE_RECIPIENTS, and
 * state and output hold ciphertext only. `terraform output -json | npx firstboot artifacts open` writes the files.
 */
import { App, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import {
  Blueprint,
  CustomerRollout,
  Duration,
  FirstbootProvider,
  OnboardingArtifacts,
  ProvisioningCodes,
} from "firstboot/constructs";

const {
  FIRSTBOOT_ENDPOINT: endpoint = "https://127.0.0.1:8443",
  FIRSTBOOT_AGE_RECIPIENTS: recipients = "",
  FIRSTBOOT_DEMO_DEVICES: devices = "300",
} = process.env;

const sitesPerCustomer = Math.round((Number(devices) * 5) / 12);
const customers = [
  { name: "acme", newSites: "pending" },
  { name: "globex", newSites: "approved" },
] as const;

class MspRollout extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new FirstbootProvider(this, "firstboot", { endpoint });

    const common = {
      validFor: Duration.days(7),
      ...(recipients && { ageRecipients: recipients.split(",").map((recipient) => recipient.trim()) }),
    };
    const artifacts = new OnboardingArtifacts(this, "artifacts");
    // A file of this package, wherever it is installed; an app of your own gives a path.
    const packageRoot = import.meta.resolve("firstboot/package.json");
    const blueprint = Blueprint.fromFile(this, "bootstrap", new URL("examples/blueprints/bootstrap.yaml", packageRoot));

    for (const { name, newSites } of customers) {
      const siteName = "{{env.SERIAL_NUMBER}}-edge";
      const sites = sitesPerCustomer;
      new CustomerRollout(this, name, { name, newSites, sites, siteName, endpoint, blueprint, artifacts, ...common });
    }

    const quantity = Number(devices) - customers.length * sitesPerCustomer;
    const codes = new ProvisioningCodes(this, "edgeflow", { name: "edgeflow boards", quantity, ...common });
    artifacts.edgeflowEnv({ server: new URL(endpoint).host, codes });
  }
}

const app = new App();
new MspRollout(app, "msp-rollout");
app.synth();
