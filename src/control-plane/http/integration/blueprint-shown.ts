import type { ResourceChange } from "../../../protocol/integration/schema.js";
import { diffResource, maskBlueprint, writeBlueprint } from "../../../provisioning/blueprint/index.js";
import type { PlannedChange } from "../../store/resource/plan.js";

/** A difference as the API shows it: secrets are masked. Without fields: what belongs to a document is not as it says. */
export function shownChange({ action, kind, niceId, before, after, governedBy }: PlannedChange): ResourceChange {
  return { action, kind, niceId, fields: diffResource(kind, before, after), governedBy };
}

/** A document of the history as YAML, in which secrets are masked. What is no document is not shown: it may hold some. */
export function shownContents(contents: string): string {
  let document: unknown;
  try {
    document = JSON.parse(contents);
  } catch {
    return `# ${contents.length} characters that are not JSON\n`;
  }
  return writeBlueprint(maskBlueprint(document));
}
