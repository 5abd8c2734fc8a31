import { FirstbootError } from "../error.js";
import type { ResourceDetail, ResourceDocument, ResourceItem } from "../protocol/integration/schema.js";
import {
  blueprintKinds,
  documentWith,
  readBlueprint,
  sectionsOf,
  writeBlueprint,
} from "../provisioning/blueprint/index.js";
import { mergePatch, mergePatchBetween } from "../provisioning/merge-patch.js";
import { isRecord } from "../provisioning/record.js";
import { readText } from "./settings.js";
import { readStdin } from "./stdin.js";

type Name = Pick<ResourceItem, "kind" | "niceId">;

const allSections = blueprintKinds.flatMap(sectionsOf);

export { mergePatchBetween as patchBetween };

/** A resource as a blueprint that names nothing else. */
export function blueprintOf({ kind, niceId, document }: ResourceDetail): string {
  return writeBlueprint(documentWith(kind, niceId, document));
}

/**
 * A resource's document from a file, or standard input for `-`: the document itself, or a blueprint that it stands in.
 * Templates are filled from this process's environment. Throws FB1002 and FB1006.
 */
export async function readResource(file: string, { kind, niceId }: Name): Promise<ResourceDocument> {
  const { document } = readBlueprint(file === "-" ? await readStdin() : readText(file), process.env);
  const read = recordOf(document);
  if (!read || !Object.keys(read).some((key) => allSections.includes(key))) return read ?? {};
  for (const section of sectionsOf(kind)) {
    const entry = recordOf(new Map(Object.entries(recordOf(read[section]) ?? {})).get(niceId));
    if (entry) return entry;
  }
  throw new FirstbootError("FB1006", {
    what: `the blueprint has no ${kind} resource ${niceId}`,
    fix: `write it below ${sectionsOf(kind)[0]}, or give its document alone`,
  });
}

/** A document with some of its keys set, each as `path=value` says. Throws FB1001. */
export function edited(document: ResourceDocument, assignments: readonly string[]): ResourceDocument {
  return assignments.reduce((before, assignment) => recordOf(mergePatch(before, patchOf(assignment))) ?? {}, document);
}

/** What `auth.sso-enabled=true` does, as a merge patch. */
function patchOf(assignment: string): ResourceDocument {
  const [, path, yaml = ""] = /^([\w-]+(?:\.[\w-]+)*)=(.*)$/s.exec(assignment) ?? [];
  const value = path === undefined ? undefined : yamlValue(yaml);
  if (path === undefined || value === undefined) {
    throw new FirstbootError("FB1001", {
      what: `--set is "${assignment}"`,
      why: "it takes a path and a value in YAML, such as auth.sso-enabled=true; lists are given whole",
    });
  }
  const [first = "", ...below] = path.split(".");
  return Object.fromEntries([[first, below.reduceRight((at, key) => Object.fromEntries([[key, at]]), value)]]);
}

/** Undefined: it is no YAML. */
function yamlValue(yaml: string): unknown {
  try {
    return recordOf(readBlueprint(`value: ${yaml}`, {}).document)?.value;
  } catch {
    return undefined;
  }
}

function recordOf(value: unknown): ResourceDocument | undefined {
  return isRecord(value) ? value : undefined;
}
