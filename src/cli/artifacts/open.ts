import { FirstbootError } from "../../error.js";
import { type Artifact, joinArtifact, type OpenedFile, secretMarker } from "../../provisioning/artifact.js";
import { bundlesIn } from "./bundle.js";
import { type Unseal, unsealer } from "./unseal.js";
import { writeAll } from "./write.js";

export interface OpenOptions {
  /** What `terraform output -json` printed, or a bare bundle. */
  readonly json: string;
  /** The text of an age identity file; needed only where something is sealed. */
  readonly identity?: string;
  /** The directory that the files go to; made if it is missing. */
  readonly out: string;
}

/**
 * Joins the artefacts of a Terraform output with their secrets and writes them as files, those with a secret with mode
 * 0600. Everything is opened and checked before the first write. Returns what was written. Throws FB1007 for what cannot
 * be opened and FB1002 for what cannot be written; then nothing is left behind.
 */
export async function openArtifacts({ json, identity, out }: OpenOptions): Promise<OpenedFile[]> {
  const artifacts = bundlesIn(json).flatMap(({ files }) => files);
  const unseal = identity === undefined ? withoutIdentity : unsealer(identity);
  const files: OpenedFile[] = [];
  for (const artifact of artifacts) files.push(...(await openOne(artifact, unseal)));
  checkPaths(files);
  await writeAll(out, files);
  return files;
}

async function openOne(artifact: Artifact, unseal: Unseal): Promise<OpenedFile[]> {
  const { sealed, secret = "", template } = artifact;
  if (!template.includes(secretMarker)) return joinArtifact(artifact, []);
  const text = sealed === undefined ? secret : await unseal(sealed);
  const secrets = text.split(/\r?\n/).filter((line) => line !== "");
  return joinArtifact(artifact, secrets).map((file) => ({ ...file, mode: 0o600 }));
}

async function withoutIdentity(): Promise<never> {
  throw new FirstbootError("FB1007", {
    what: "the secrets of these artefacts are sealed and no identity was given",
    fix: "give the age identity file with --identity",
  });
}

/** Refuses paths that name no file of their own: two artefacts on one path, or one below another. */
function checkPaths(files: readonly OpenedFile[]): void {
  const taken = new Set<string>();
  for (const { path } of files) {
    if (taken.has(path)) throw badPath(path, "two artefacts have it");
    if (path.split("/").includes("") || /\p{Cc}/u.test(path)) throw badPath(path, "it is no path of a file");
    taken.add(path);
  }
  for (const path of taken) {
    const above = ancestors(path).find((folder) => taken.has(folder));
    if (above !== undefined) throw badPath(path, `${JSON.stringify(above)} is a file too`);
  }
}

/** `a` and `a/b` of `a/b/c`. */
function ancestors(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}

function badPath(path: string, why: string): FirstbootError {
  const fix = "give each artefact a path of its own in the rollout";
  return new FirstbootError("FB1007", { what: `an artefact cannot be written to ${JSON.stringify(path)}`, why, fix });
}
