import { blueprintJsonSchema, labelsOf, writeBlueprint } from "../../provisioning/blueprint/index.js";
import { print, printJson } from "../output.js";
import type { DocumentFlags } from "./document.js";
import { filled } from "./filled.js";

interface FormFlags extends DocumentFlags {
  readonly json?: boolean;
}

/** A document as a site would send it. */
export async function renderBlueprint(file: string, flags: FormFlags): Promise<void> {
  show(flags, (await filled(file, flags)).value);
}

/** A document as the labels of a container: for a compose file, or as they are with `--json`. */
export async function showLabels(file: string, flags: FormFlags): Promise<void> {
  const labels = labelsOf((await filled(file, flags)).value);
  if (flags.json) return printJson(labels);
  // Compose takes a dollar for the beginning of a variable.
  const escaped = Object.entries(labels).map(([name, value]) => [name, value.replaceAll("$", "$$$$")]);
  show({}, { labels: Object.fromEntries(escaped) });
}

/** The JSON Schema of documents. */
export function showSchema(): void {
  print(JSON.stringify(blueprintJsonSchema(), null, 2));
}

export function show({ json }: Pick<FormFlags, "json">, value: unknown): void {
  if (json) printJson(value);
  else process.stdout.write(writeBlueprint(value));
}
