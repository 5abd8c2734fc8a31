import type { ResourceKind } from "../../../protocol/integration/schema.js";
import { type BlueprintCheck, checkBlueprint, documentWith } from "../../../provisioning/blueprint/index.js";
import { type Entry, entriesOf } from "./columns.js";

/** Checks what would stand below a niceId in a blueprint. */
export function checkOne(kind: ResourceKind, niceId: string, document: unknown): BlueprintCheck {
  return checkBlueprint(documentWith(kind, niceId, document));
}

/**
 * The document that a row keeps, in normal form, whichever version of the server has put it. Undefined: it is damaged, or
 * would not be taken any more.
 */
export function storedEntry(kind: ResourceKind, niceId: string, text: string): Entry | undefined {
  const check = checkOne(kind, niceId, parsed(text));
  return check.ok ? entriesOf(check.blueprint)[0]?.[1] : undefined;
}

/** The same to be shown and edited: what would not be taken any more is as it was put, and of a damaged one nothing is left. */
export function storedDocument(kind: ResourceKind, niceId: string, text: string): object {
  const raw = parsed(text);
  return storedEntry(kind, niceId, text)?.document ?? (typeof raw === "object" && raw !== null ? raw : {});
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
