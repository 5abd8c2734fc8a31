import { type Compilable, type CompiledQuery, type QueryResult, type RawBuilder, sql } from "kysely";
import type { Database, Tx } from "./schema.js";

/** Where a value goes that is given when the statement runs. */
class Hole {
  constructor(readonly name: string) {}
}

function hole<T>(name: string): RawBuilder<T> {
  return sql<T>`${new Hole(name)}`;
}

type Value = string | number | null;

/**
 * A statement that runs often: built and compiled once, at its first run. `build` names the values to come with `hole`.
 *
 * @example
 * const byId = statement((on, hole) => on.selectFrom("newt").selectAll().where("id", "=", hole<string>("id")));
 * const { rows } = await byId(tx, { id });
 */
export function statement<R>(build: (on: Database | Tx, value: typeof hole) => Compilable<R>) {
  let compiled: CompiledQuery<R> | undefined;
  return (on: Database | Tx, values: Readonly<Record<string, Value>>): Promise<QueryResult<R>> => {
    compiled ??= build(on, hole).compile();
    const parameters = compiled.parameters.map((value) => (value instanceof Hole ? values[value.name] : value));
    return on.executeQuery({ ...compiled, parameters });
  };
}
