import { type Compilable, type CompiledQuery, type QueryResult, type RawBuilder, sql } from "kysely";
import type { SteppingConnection } from "./connection.js";
import type { Tx } from "./schema.js";

/** Where a value goes that is given when the statement runs. */
class Hole {
  constructor(readonly name: string) {}
}

function hole<T>(name: string): RawBuilder<T> {
  return sql<T>`${new Hole(name)}`;
}

/** Makes a hole of a name. */
export type HoleMaker = typeof hole;

type Values = Readonly<Record<string, string | number | null>>;

/** The connection behind each store's `tx`. */
const connections = new WeakMap<Tx, SteppingConnection>();

/** Lets statements run on a store's `tx`. */
export function openStatements(tx: Tx, connection: SteppingConnection): void {
  connections.set(tx, connection);
}

/**
 * A statement that runs often: built and compiled once, at its first run, and handed to its transaction's connection
 * without the way through Kysely, which costs more than SQLite does. `build` names the values to come with `hole`.
 *
 * @example
 * const byId = statement((on, hole) => on.selectFrom("newt").selectAll().where("id", "=", hole<string>("id")));
 * const { rows } = await byId(tx, { id });
 */
export function statement<R>(build: (on: Tx, value: HoleMaker) => Compilable<R>) {
  let compiled: CompiledQuery<R> | undefined;
  return (tx: Tx, values: Values): QueryResult<R> | Promise<QueryResult<R>> => {
    compiled ??= build(tx, hole).compile();
    const connection = connections.get(tx);
    if (!connection) throw new Error("a statement runs on a store's tx only");
    return connection.execute({ sql: compiled.sql, parameters: filled(compiled.parameters, values) });
  };
}

function filled(parameters: CompiledQuery["parameters"], values: Values): unknown[] {
  const given = parameters.slice();
  for (let index = 0; index < given.length; index++) {
    const value = given[index];
    if (value instanceof Hole) given[index] = values[value.name];
  }
  return given;
}
