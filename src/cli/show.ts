import { print, printJson, printRows, shown } from "./output.js";

/** What is shown of a thing, by heading. */
export type Columns<T> = Readonly<Record<string, (item: T) => string | number | boolean | null | undefined>>;

interface Form {
  readonly json?: boolean;
}

/** Things as a table, or all that is known of them as one line of JSON. */
export function showList<T>({ json }: Form, items: readonly T[], columns: Columns<T>): void {
  const cells = Object.values(columns);
  if (json) printJson(items);
  else printRows([Object.keys(columns), ...items.map((item) => cells.map((cell) => shown(cell(item))))]);
}

/** One thing, a line for each of its columns, or all that is known of it as one line of JSON. */
export function showOne<T>({ json }: Form, item: T, columns: Columns<T>): void {
  if (json) printJson(item);
  else printRows(Object.entries(columns).map(([heading, cell]) => [heading, shown(cell(item))]));
}

/** That something is gone. */
export function showDeleted({ json }: Form, id: string): void {
  if (json) printJson({ deleted: id });
  else print(`deleted ${id}`);
}
