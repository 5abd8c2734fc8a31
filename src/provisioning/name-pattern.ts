/**
 * Whether a whole name has the form of a pattern, in which `*` stands for any characters and `?` for one. Letters of both
 * cases are the same. Takes time as the product of both lengths at most.
 */
export function fitsPattern(name: string, pattern: string): boolean {
  const [letters, wanted] = [characters(name), characters(pattern)];
  let [at, want] = [0, 0];
  /** The last star that was met, and where what follows it was tried to begin. */
  let star: { readonly want: number; at: number } | undefined;
  while (at < letters.length) {
    if (wanted[want] === "*") {
      star = { want: ++want, at };
    } else if (wanted[want] === "?" || wanted[want] === letters[at]) {
      at++;
      want++;
    } else if (star) {
      at = ++star.at;
      want = star.want;
    } else {
      return false;
    }
  }
  return wanted.slice(want).every((character) => character === "*");
}

/** One by one, since how a letter is lowered may depend on its neighbours in a text. */
function characters(text: string): string[] {
  return Array.from(text.normalize("NFC"), (character) => character.toUpperCase().toLowerCase());
}
