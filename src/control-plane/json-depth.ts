/** Deeper than anything our schemas know; far below where serialising or comparing would exhaust the stack. */
const deepest = 100;

const quote = 0x22;
const backslash = 0x5c;
const openers = new Set([0x5b, 0x7b]);
const closers = new Set([0x5d, 0x7d]);

/** Whether a JSON text nests arrays and objects deeper than 100. */
export function isTooDeep(json: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < json.length; index++) {
    const character = json.charCodeAt(index);
    if (quoted && character === backslash) index++;
    else if (character === quote) quoted = !quoted;
    else if (!quoted && openers.has(character) && ++depth > deepest) return true;
    else if (!quoted && closers.has(character)) depth--;
  }
  return false;
}
