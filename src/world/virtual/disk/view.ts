import type { Directory } from "./directory.js";
import { Inode } from "./inode.js";
import { failing, namesOf } from "./system-error.js";

/** What stands under a path, as somebody saw it last. */
export class View {
  readonly #names: readonly string[];
  #seen: Buffer | undefined;

  constructor(
    private readonly root: Directory,
    private readonly path: string,
    private readonly changed: () => void,
  ) {
    this.#names = namesOf(path);
    this.#seen = this.#content();
  }

  /** Looks again: every write leaves another buffer, every file has one of its own. */
  look(): void {
    const content = this.#content();
    if (content === this.#seen) return;
    this.#seen = content;
    this.changed();
  }

  #content(): Buffer | undefined {
    try {
      const node = this.root.follow(this.#names, failing("open", this.path))?.node;
      return node instanceof Inode ? node.data : undefined;
    } catch {
      // A file stands where a directory is looked for.
      return undefined;
    }
  }
}
