import { z } from "zod";

const TextList = z.array(z.string());

/** The list that a column keeps as JSON; undefined for an empty one, which is not parsed. */
export function textsOrNone(json: string): string[] | undefined {
  return json === "[]" ? undefined : TextList.parse(JSON.parse(json));
}
