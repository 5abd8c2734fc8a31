import { z } from "zod";
import { FirstbootError } from "../error.js";

/** Stands in an artefact's template for the secret that is joined later. */
export const secretMarker = "@@FIRSTBOOT_KEY@@";

/** Stands in the path of an artefact whose sealed text holds several secrets, one a line: the number from 001. */
export const numberMarker = "{n}";

/** One file that a device receives. */
export const Artifact = z.strictObject({
  /** Relative, with `/`; `{n}` where one file is written for each secret of a batch. */
  path: z.string().regex(/^(?!.*(^|\/)\.\.?(\/|$))[^/\\][^\\]*$/, "a relative path without . or .. parts"),
  mode: z.string().regex(/^0[0-7]{3}$/),
  /** The file's text, with `@@FIRSTBOOT_KEY@@` where the secret belongs. */
  template: z.string(),
  /** An armoured age ciphertext of the secret, or of several, one a line. */
  sealed: z.string().optional(),
  /** The secret in the clear, where the rollout was declared without recipients. */
  secret: z.string().optional(),
});
export type Artifact = z.infer<typeof Artifact>;

/** A set of artefacts as it stands in a Terraform output. */
export const ArtifactBundle = z.strictObject({
  firstbootArtifacts: z.literal(1),
  files: z.array(Artifact),
});
export type ArtifactBundle = z.infer<typeof ArtifactBundle>;

/** A file ready to be written. */
export interface OpenedFile {
  readonly path: string;
  readonly mode: number;
  readonly text: string;
}

/** Joins a template with its secrets: one file, or one for each secret where the path has a number. */
export function joinArtifact({ path, mode, template }: Artifact, secrets: readonly string[]): OpenedFile[] {
  const bits = Number.parseInt(mode, 8);
  if (!template.includes(secretMarker)) return [{ path, mode: bits, text: template }];
  const [first, ...others] = secrets;
  if (first === undefined) {
    throw new FirstbootError("FB1007", { what: `the artefact ${path} has a place for a secret but none came with it` });
  }
  if (!path.includes(numberMarker)) {
    if (others.length > 0) {
      throw new FirstbootError("FB1007", {
        what: `the artefact ${path} has ${secrets.length} secrets for one file`,
        fix: `put ${numberMarker} into its path`,
      });
    }
    return [{ path, mode: bits, text: template.replaceAll(secretMarker, () => first) }];
  }
  const digits = Math.max(3, String(secrets.length).length);
  return secrets.map((secret, index) => ({
    path: path.replace(numberMarker, String(index + 1).padStart(digits, "0")),
    mode: bits,
    text: template.replaceAll(secretMarker, () => secret),
  }));
}
