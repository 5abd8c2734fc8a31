import { FirstbootError } from "../../error.js";
import { ArtifactBundle } from "../../provisioning/artifact.js";

/**
 * Every artefact bundle in a JSON text: a bare one, `terraform output -json` or a file of `cdktf output`. Throws FB1007 if
 * there is none or one does not fit. The text is never repeated: it may hold secrets.
 */
export function bundlesIn(json: string): ArtifactBundle[] {
  const found = [...candidates(parse(json))];
  if (found.length === 0) {
    throw new FirstbootError("FB1007", {
      what: "there are no artefacts in the input",
      fix: "pass what `terraform output -json` prints for a stack with OnboardingArtifacts",
    });
  }
  return found.map((candidate) => {
    const bundle = ArtifactBundle.safeParse(candidate);
    if (bundle.success) return bundle.data;
    const places = bundle.error.issues.map(({ path }) => path.join(".")).join(", ");
    throw new FirstbootError("FB1007", {
      what: "the artefacts do not fit their format",
      why: `wrong at ${places || "the top"}`,
      fix: "open them with the version of firstboot that synthesised the stack",
    });
  });
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    const fix = "pass what `terraform output -json` prints";
    throw new FirstbootError("FB1007", { what: "the input is not JSON", fix });
  }
}

/** A number tells a bundle from its type, which `terraform output -json` prints beside it under the same name. */
function* candidates(value: unknown): Generator<object> {
  if (typeof value !== "object" || value === null) return;
  if ("firstbootArtifacts" in value && typeof value.firstbootArtifacts === "number") yield value;
  else for (const part of Object.values(value)) yield* candidates(part);
}
