/** Writes a line of a command's result. */
export function print(line = ""): void {
  process.stdout.write(`${line}\n`);
}

/** Writes the whole result as one line of JSON. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value));
}

/** One line without control characters: names come from devices and servers, and must not command a terminal. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ");
}

/** Rows under headings, in aligned columns. */
export function printTable(headings: readonly string[], rows: readonly (readonly string[])[]): void {
  const table = [headings, ...rows.map((row) => row.map(plain))];
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
