import { z } from "zod";

const TextList = z.array(z.string());

/** The list that a column keeps as JSON; undefined: it is damaged. */
export function textsIfWhole(json: string): string[] | undefined {
  try {
    return textsOrNone(json) ?? [];
  } catch {
    return undefined;
  }
}

/** The list that a column keeps as JSON; undefined for an empty one, which is not parsed. */
export function textsOrNone(json: string): string[] | undefined {
  return json === "[]" ? undefined : TextList.parse(JSON.parse(json));
}
