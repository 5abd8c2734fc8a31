import type { Subject } from "../store/conditions.js";
import type { Tx } from "../store/schema.js";
import { statement } from "../store/statement.js";

const find = statement((on, hole) =>
  on
    .selectFrom("provisioning_key")
    .select(["name", "used", "max_usage", "expires_at"])
    .where("id", "=", hole<string>("id")),
);

/** The key that an alert is about, as its message tells it. */
export async function keyOf(tx: Tx, { subject }: Pick<Subject, "subject">) {
  const [key] = (await find(tx, { id: subject })).rows;
  return { title: `Key "${key?.name ?? ""}" ${subject}`, used: 0, max_usage: null, expires_at: null, ...key };
}
