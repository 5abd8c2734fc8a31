import type { BlueprintCheck } from "../../../provisioning/blueprint/index.js";
import type { Applied, Consequences } from "../resource/apply.js";
import { bounded, findingText } from "./contents.js";
import type { Outcome } from "./history.js";

/** What became of a blueprint, in words for its sender, and whom it concerns. */
export interface BlueprintOutcome extends Consequences {
  readonly success: boolean;
  readonly message: string;
  readonly warnings: readonly string[];
  /** What the history says of it. */
  readonly kept: Outcome;
}

const nobody: Consequences = { configs: [], governors: [] };

/** As Pangolin's server puts it, to a newt and in its history (PROTOCOLS A21, B12). */
const words = {
  applied: "Config updated successfully",
  keptApplied: "Blueprint applied successfully",
  waits: "Blueprint accepted: it waits until this site is approved",
} as const;

export function applied({ configs, governors, warnings: met }: Applied, check: BlueprintCheck): BlueprintOutcome {
  const warnings = [...warningsOf(check), ...bounded(met)];
  const kept = { as: "succeeded", message: words.keptApplied, warnings } as const;
  return { success: true, message: words.applied, warnings, configs, governors, kept };
}

/** It was applied before, and is not again. */
export function confirmed(): BlueprintOutcome {
  return applied({ ...nobody, warnings: [], changed: false }, { ok: false, problems: [], warnings: [] });
}

export function waits(check: BlueprintCheck): BlueprintOutcome {
  const warnings = warningsOf(check);
  const kept = { as: "parked", message: words.waits, warnings } as const;
  return { ...nobody, success: true, message: words.waits, warnings, kept };
}

export function failed(reasons: readonly string[]): BlueprintOutcome {
  const why = bounded(reasons).join("; ");
  const kept = { as: "failed", message: `Blueprint applied with errors: ${why}`, warnings: [] } as const;
  return { ...nobody, success: false, message: `Failed to update database from config: ${why}`, warnings: [], kept };
}

/** What is wrong with a document, all at once (PROTOCOLS B11). */
export function invalid(problems: Extract<BlueprintCheck, { readonly ok: false }>["problems"]): BlueprintOutcome {
  const [first, ...others] = problems.map(findingText);
  return failed([`Validation error: ${first}`, ...others]);
}

export function warningsOf({ warnings }: BlueprintCheck): string[] {
  return bounded(warnings.map(findingText));
}
