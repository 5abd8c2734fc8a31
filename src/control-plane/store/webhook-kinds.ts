import { z } from "zod";
import { AlertKind } from "../../protocol/integration/schema.js";

const Kinds = z.array(AlertKind);

/** The kinds of alerts that a webhook is for; empty: all, as for one whose list is damaged, which must hold up nothing. */
export function kindsOf(stored: string): AlertKind[] {
  try {
    return Kinds.parse(JSON.parse(stored));
  } catch {
    return [];
  }
}
