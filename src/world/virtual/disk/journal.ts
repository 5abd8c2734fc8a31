import type { Random } from "../../random.js";
import type { Directory, Edit } from "./directory.js";

/** Changes after which the system writes its journal out unasked. */
const capacity = 64;

/** A change of names that happens as a whole or not at all. */
interface Change {
  readonly edits: readonly Edit[];
  /** It does not happen without every change before it. */
  readonly ordered: boolean;
}

/**
 * Changes of names that a power loss may still undo, oldest first. Those of one directory survive up to some change;
 * directories do not wait for one another. Ordered changes do: what moves from one directory to another, and what
 * takes a directory away, reaches the disk after all that was before it, as in the single log of a journalling file
 * system. Hence a file that moves is never lost under both names nor found under both, no directory goes while it still
 * holds something, and none comes to lie within itself.
 */
export class Journal {
  #changes: Change[] = [];

  add(edits: readonly Edit[], ordered: boolean): void {
    this.#changes.push({ edits, ordered });
    if (this.#changes.length > capacity) this.#changes = [];
  }

  /** Makes the changes of a directory safe, and what they cannot happen without. */
  commit(directory: Directory): void {
    if (this.#changes.length === 0) return;
    const needed = this.#changes.findLastIndex((change) => change.ordered && touches(change, directory));
    this.#changes = this.#changes.filter((change, index) => index > needed && !touches(change, directory));
  }

  /** Undoes what did not survive; the rest is safe. */
  crash(random: Random): void {
    const luck = random.float();
    const ended = new Set<Directory>();
    const lost = this.#changes.filter(({ edits, ordered }) => {
      const possible = ordered ? ended.size === 0 : !edits.some(({ directory }) => ended.has(directory));
      if (possible && random.float() < luck) return false;
      for (const { directory } of edits) ended.add(directory);
      return true;
    });
    for (const { edits } of lost.reverse())
      for (const { directory, name, before } of edits) directory.set(name, before);
    this.#changes = [];
  }
}

function touches({ edits }: Change, directory: Directory): boolean {
  return edits.some((edit) => edit.directory === directory);
}
