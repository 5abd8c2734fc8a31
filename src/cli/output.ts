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

/** Writes a word to the person, beside the result. */
export function note(text: string): void {
  process.stderr.write(`${plain(text)}\n`);
}

/** Rows in aligned columns. */
export function printRows(rows: readonly (readonly string[])[]): void {
  const table = rows.map((row) => row.map(plain));
  const widths: number[] = [];
  for (const row of table)
    for (const [column, { length }] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, length);
  for (const row of table)
    print(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    );
}

/** What a cell shows: a dash for none. */
export function shown(value: string | number | boolean | null | undefined): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return value === null || value === undefined || value === "" ? "-" : String(value);
}
