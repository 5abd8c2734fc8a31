/** A step into a value: an attribute's name, an index of a list, or a key of a map. */
export type Step = string | number | { readonly key: string };
export type Path = readonly Step[];

/** What Terraform shows its user, at the attribute if `path` names one. Never holds a secret. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  /** One line, without a full stop. */
  readonly summary: string;
  /** Why, and what to do. */
  readonly detail?: string;
  readonly path?: Path;
}

/** Ends a call of a provider or resource with a diagnostic. */
export class DiagnosticError extends Error {
  override readonly name = "DiagnosticError";
  readonly diagnostic: Diagnostic;

  constructor(parts: Omit<Diagnostic, "severity">) {
    super(parts.summary);
    this.diagnostic = { severity: "error", ...parts };
  }
}

/** The diagnostic for anything that a call threw. */
export function diagnosticOf(error: unknown): Diagnostic {
  if (error instanceof DiagnosticError) return error.diagnostic;
  return {
    severity: "error",
    summary: "The provider failed",
    detail: error instanceof Error ? error.message : String(error),
  };
}
