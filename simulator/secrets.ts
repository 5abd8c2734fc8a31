/** Shorter texts are not secrets: they would be found everywhere. */
const window = 12;
const runs = /[A-Za-z0-9_.-]{12,}/g;

/** The secrets a run knows: found in texts without a search for each, and blotted out of what people read. */
export class Secrets {
  /** By their first characters. */
  readonly #known = new Map<string, Set<string>>();

  add(secret: string | undefined): void {
    if (secret === undefined || secret.length < window) return;
    const start = secret.slice(0, window);
    const same = this.#known.get(start);
    if (same) same.add(secret);
    else this.#known.set(start, new Set([secret]));
  }

  /** The first secret in a text. */
  findIn(text: string): string | undefined {
    for (const [run] of text.matchAll(runs)) {
      for (let at = 0; at + window <= run.length; at++) {
        for (const secret of this.#known.get(run.slice(at, at + window)) ?? []) {
          if (run.startsWith(secret, at)) return secret;
        }
      }
    }
    return undefined;
  }

  redact(text: string): string {
    let clean = text;
    for (let secret = this.findIn(clean); secret !== undefined; secret = this.findIn(clean)) {
      clean = clean.replaceAll(secret, "[secret]");
    }
    return clean;
  }
}
