import { FirstbootError } from "../../error.js";

const longest = 100;

/** A parser for a seed as a scenario may have it. */
export function seedText(text: string): string {
  if (text !== "" && text.length <= longest) return text;
  throw new FirstbootError("FB1001", {
    what: text === "" ? "--seed is empty" : `--seed has ${text.length} characters`,
    why: `it takes a text of 1 to ${longest}`,
  });
}
