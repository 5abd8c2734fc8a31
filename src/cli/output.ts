/** Writes a line of a command's result. */
export function print(line = ""): void {
  process.stdout.write(`${line}\n`);
}

/** Writes the whole result as one line of JSON. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value));
}

/** Rows under headings, in aligned columns. */
export function printTable(headings: readonly string[], rows: readonly (readonly string[])[]): void {
  const table = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  for (const row of table)
    print(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    );
}

/** An option value shown as text: a dash for none. */
export function shown(value: string | number | null | undefined): string {
  return value === null || value === undefined ? "-" : String(value);
}
