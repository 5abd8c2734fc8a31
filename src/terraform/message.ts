import type { Diagnostic, Path } from "./diagnostic.js";
import { isComputed } from "./planner.js";
import type { InputOf } from "./protobuf.js";
import type { Attributes } from "./schema.js";
import { type calls, type Schema, severities } from "./tfplugin6.js";
import { wireType } from "./type.js";

/** From the SDK's own words to the protocol's messages. */

type DiagnosticMessages = NonNullable<InputOf<typeof calls.ConfigureProvider.response>["diagnostics"]>;
type PathMessages = NonNullable<InputOf<typeof calls.PlanResourceChange.response>["requires_replace"]>;

const markdown = 1;

export function schemaMessage(description: string, attributes: Attributes): InputOf<typeof Schema> {
  const block = Object.entries(attributes).map(([name, attribute]) => ({
    name,
    type: Buffer.from(JSON.stringify(wireType(attribute.type))),
    description: attribute.description,
    description_kind: markdown,
    required: attribute.required ?? false,
    optional: attribute.optional ?? false,
    computed: isComputed(attribute),
    sensitive: attribute.sensitive ?? false,
  }));
  return { version: 0, block: { attributes: block, description, description_kind: markdown } };
}

export function pathMessage(path: Path): PathMessages[number] {
  return {
    steps: path.map((step) => {
      if (typeof step === "number") return { element_key_int: step };
      return typeof step === "string" ? { attribute_name: step } : { element_key_string: step.key };
    }),
  };
}

export function diagnosticMessages(diagnostics: readonly Diagnostic[]): DiagnosticMessages {
  return diagnostics.map(({ severity, summary, detail, path }) => ({
    severity: severities[severity],
    summary,
    detail,
    attribute: path && pathMessage(path),
  }));
}
