/** A whole string, or any other character. */
const piece = /"(?:[^"\\]|\\.)*"|[^"]/gsy;
/** A number or a word at the end of a text. */
const lastWord = /[^\s"{}[\]:,]+$/;

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What could stand at the end of a text whose last word ends early, or not. */
function wordsFrom(word: string): readonly string[] {
  return [word, ["true", "false", "null"].find((whole) => whole.startsWith(word)) ?? `${word}0`];
}

/** Whether a text is JSON as far as it goes, and ends before its brackets are closed. */
function endsEarly(text: string): boolean {
  const closing: string[] = [];
  let end = 0;
  for (const { 0: taken, index } of text.matchAll(piece)) {
    if (taken === "{" || taken === "[") closing.unshift(taken === "{" ? "}" : "]");
    if (taken === "}" || taken === "]") closing.shift();
    end = index + taken.length;
  }
  if (closing.length === 0) return false;
  const isInString = end < text.length;
  const [word = ""] = (!isInString && lastWord.exec(text)) || [];
  const whole = text.slice(0, end - word.length);
  // What is missing: nothing, a value, a property, or what belongs to a name.
  const missing = word !== "" ? wordsFrom(word) : isInString ? ['""', '"":0'] : ["", "0", '"":0', ":0"];
  return missing.some((part) => isJson(whole + part + closing.join("")));
}

/**
 * Whether a JSON file is as a power loss leaves one that was being written: blank, holding NUL bytes, or ending in the
 * middle. What is wrong elsewhere is a person's mistake, and theirs to mend.
 */
export function isTorn(text: string): boolean {
  return text.trim() === "" || text.includes("\0") || endsEarly(text);
}
