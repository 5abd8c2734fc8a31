/** What Go writes as an escape within strings, where JSON does not ask for it. */
const escaped = /[<>&\u2028\u2029]/g;

/** A value as JSON in the form of Go's encoder, of which both devices in the field are made: `<`, `>` and `&` are escaped. */
export function goJson(value: unknown): string {
  const text = JSON.stringify(value);
  return text.replace(escaped, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
