import { type Expression, sql } from "kysely";

/** The values of a JSON list as a table: one bound value for any number of them, which SQLite limits. */
export function listed<T>(list: Expression<string> | string) {
  return sql<T>`(select value from json_each(${list}))`;
}
