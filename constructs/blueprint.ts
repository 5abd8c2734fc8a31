import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { Annotations } from "cdktf";
import { Construct } from "constructs";
import { FirstbootError, reasonOf, systemCode } from "../src/error.js";
import { checkBlueprintYaml, type Finding, pathText, placeText } from "../src/provisioning/blueprint/index.js";
import type { Env } from "../src/world/world.js";

export interface BlueprintOptions {
  /** The file's name beside the configuration that refers to it. */
  readonly fileName?: string;
  /** What `{{env.NAME}}` stands for in the check; without it the variable's name in lower case (`serial-number`). */
  readonly sampleEnv?: Env;
}

/**
 * A blueprint that sites bring with them. It is checked with sample values in its templates, and reaches the devices
 * unchanged. What has less effect than it seems becomes a warning, each with its line and column.
 *
 * @example
 * Blueprint.fromFile(this, "bootstrap", "blueprints/bootstrap.yaml");
 */
export class Blueprint extends Construct {
  private constructor(
    scope: Construct,
    id: string,
    readonly yaml: string,
    readonly fileName: string,
    sampleEnv: Env,
  ) {
    super(scope, id);
    for (const finding of this.#warnings(sampleEnv)) Annotations.of(this).addWarning(this.#told(finding));
  }

  /** Throws FB1006 if the document does not fit. */
  static fromYaml(scope: Construct, id: string, yaml: string, options: BlueprintOptions = {}): Blueprint {
    const { fileName = "blueprint.yaml", sampleEnv = {} } = options;
    return new Blueprint(scope, id, yaml, fileName, sampleEnv);
  }

  /** A path is relative to the working directory. Throws FB1002 if there is no such file, FB1006 if it does not fit. */
  static fromFile(scope: Construct, id: string, file: string | URL, options: BlueprintOptions = {}): Blueprint {
    const path = file instanceof URL ? fileURLToPath(file) : file;
    return Blueprint.fromYaml(scope, id, textOf(`${scope.node.path}/${id}`, path), {
      fileName: basename(path),
      ...options,
    });
  }

  #warnings(sampleEnv: Env): readonly Finding[] {
    const check = checkBlueprintYaml(this.yaml, withSamples(sampleEnv));
    if (check.ok) return check.warnings;
    const told = check.problems.slice(0, mostTold).map((problem) => this.#told(problem));
    const more = check.problems.length - told.length;
    throw new FirstbootError("FB1006", {
      what: `${this.node.path}: ${this.fileName} is no blueprint`,
      why: [...told, ...(more > 0 ? [`and ${more} more; \`firstboot blueprint check\` tells them all`] : [])].join(
        "; ",
      ),
      fix: "mend the YAML; if only a sample value does not fit, give a better one in sampleEnv",
    });
  }

  /** `blueprint.yaml, line 3, column 7: public-resources.web.name: …` */
  #told({ path, message, place }: Finding): string {
    const parts = [[this.fileName, ...(place ? [placeText(place)] : [])].join(", "), pathText(path), message];
    return parts.filter((part) => part !== "").join(": ");
  }
}

/** Problems that one error tells; `firstboot blueprint check` tells all. */
const mostTold = 20;

function textOf(construct: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const why = systemCode(error) ?? reasonOf(error);
    const fix = "give a path from the working directory, or a URL from import.meta.url";
    throw new FirstbootError("FB1002", { what: `${construct}: the blueprint file ${path} cannot be read`, why, fix });
  }
}

/** An environment in which every variable has a value, and no two the same one. */
function withSamples(env: Env): Env {
  return new Proxy(env, {
    get: (_, name) => (typeof name === "string" ? (env[name] ?? sampleOf(name)) : undefined),
  });
}

/** A word that is a host label too. */
function sampleOf(variable: string): string {
  return variable
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}
