/** A figure of the moment, as Prometheus has it. */
export interface Figure {
  readonly name: string;
  readonly help: string;
  /** Whether it only grows; otherwise it goes up and down. */
  readonly isCounter?: true;
  /** One value, or one for each value of a label, whose values are a bounded set. */
  readonly value: number | { readonly label: string; readonly values: Readonly<Record<string, number>> };
}

/** Figures in Prometheus' text format. Names and labels are ours, so that nothing in them needs escaping. */
export function figuresText(figures: readonly Figure[]): string {
  return figures.map(figureText).join("\n");
}

function figureText({ name, help, isCounter, value }: Figure): string {
  const lines =
    typeof value === "number"
      ? [`${name} ${value}`]
      : Object.entries(value.values).map(([of, number]) => `${name}{${value.label}="${of}"} ${number}`);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${isCounter ? "counter" : "gauge"}`, ...lines, ""].join("\n");
}
