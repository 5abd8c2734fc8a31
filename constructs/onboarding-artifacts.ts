import { Lazy, TerraformOutput } from "cdktf";
import { Construct } from "constructs";
import { Artifact, type ArtifactBundle, secretMarker } from "../src/provisioning/artifact.js";
import { type EdgeflowEnvProps, edgeflowEnv } from "./artifacts/edgeflow-env.js";
import { literal } from "./artifacts/literal.js";
import { type NewtConfigProps, newtConfig } from "./artifacts/newt-config.js";
import { refuse } from "./refuse.js";

/**
 * The files that devices receive, collected into one Terraform output. `firstboot artifacts open` joins the templates
 * with their secrets and writes the files. The output is sensitive as soon as one of the secrets is in the clear.
 *
 * @example
 * new OnboardingArtifacts(this, "artifacts").newtConfig({ endpoint: "https://app.example.com", key });
 */
export class OnboardingArtifacts extends Construct {
  /** By path; secrets are Terraform expressions. */
  readonly #files = new Map<string, Artifact>();
  readonly #output: TerraformOutput;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.#output = new TerraformOutput(this, "Default", {
      description: "Files for the first boot of devices; firstboot artifacts open writes them",
      value: Lazy.anyValue({ produce: () => this.#bundle() }),
    });
  }

  /** Adds `newt.json` and the blueprints that it names. */
  newtConfig(props: NewtConfigProps): this {
    return this.#add(newtConfig(this, props));
  }

  /** Adds one `.env` for each code of a batch. */
  edgeflowEnv(props: EdgeflowEnvProps): this {
    return this.#add(edgeflowEnv(this, props));
  }

  #add(files: readonly Artifact[]): this {
    for (const file of files) {
      this.#check(file);
      this.#files.set(file.path, file);
      if (file.secret !== undefined) this.#output.sensitive = true;
    }
    return this;
  }

  #check({ path, template, sealed, secret }: Artifact): void {
    const shown = JSON.stringify(path);
    if (!Artifact.shape.path.safeParse(path).success || /\p{Cc}/u.test(path)) {
      refuse(this, `${shown} is no path of an artefact`, "give a relative path with / and without . or .. parts");
    }
    if (this.#files.has(path))
      refuse(this, `two artefacts are called ${shown}`, "give each its own folder or file name");
    if (sealed === undefined && secret === undefined && template.includes(secretMarker)) {
      refuse(this, `${shown} holds ${secretMarker}, which stands for a secret`, "take it out: this file has none");
    }
  }

  #bundle(): ArtifactBundle {
    const files = [...this.#files.values()];
    return {
      firstbootArtifacts: 1,
      files: files.map((file) => ({ ...file, path: literal(file.path), template: literal(file.template) })),
    };
  }
}
