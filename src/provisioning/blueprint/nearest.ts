/** Longer words are not compared: nobody mistypes them by a letter or two. */
const longest = 32;
const furthest = 2;

/** Words from other products for what is called otherwise here. */
const otherWords: Readonly<Record<string, string>> = {
  address: "hostname",
  domain: "full-domain",
  host: "hostname",
  ip: "hostname",
  port: "proxy-port",
  protocol: "mode",
  siteid: "site",
  sso: "sso-enabled",
  title: "name",
  type: "mode",
  upstreams: "targets",
  backends: "targets",
};

/**
 * The word that was probably meant: spelled in another case (`fullDomain`, `full_domain`), a letter or two away, or known
 * by another name. Undefined if none is near.
 */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  if (word.length > longest) return undefined;
  const plain = plainOf(word);
  const other = Object.hasOwn(otherWords, plain) ? otherWords[plain] : undefined;
  let best: string | undefined;
  let least = Math.min(furthest, Math.floor(plain.length / 3)) + 1;
  for (const candidate of known) {
    const distance = candidate === other ? 1 : distanceOf(plain, plainOf(candidate), least);
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** A word without what tells kebab, snake and camel case apart. */
export function plainOf(word: string): string {
  return word.toLowerCase().replace(/[-_ .]/g, "");
}

/** How many letters are to be added, taken out (a replaced one is both) or swapped; `limit` if that many or more. */
function distanceOf(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) >= limit) return limit;
  let before: number[] = [];
  let row = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const replaced = left[i - 1] === right[j - 1] ? 0 : 2;
      const swapped = left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1] ? at(before, j - 2) + 1 : limit;
      next.push(Math.min(at(row, j - 1) + replaced, at(row, j) + 1, at(next, j - 1) + 1, swapped));
    }
    [before, row] = [row, next];
  }
  return Math.min(limit, at(row, right.length));
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
