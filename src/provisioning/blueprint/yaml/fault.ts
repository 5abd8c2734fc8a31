import type { Path } from "../finding.js";

/** Something that keeps a text from being a document. */
export interface Fault {
  /** In the text that was parsed. */
  readonly offset: number;
  readonly path: Path;
  readonly message: string;
  /** What it clashes with, in the same text. */
  readonly other?: number;
}
