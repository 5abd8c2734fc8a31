import type { Condition, Subjects } from "../store/conditions.js";
import type { Tx } from "../store/schema.js";
import { type HoleMaker, statement } from "../store/statement.js";

/** An alert opens at so much of what there may be, percent, and ends below less: at one mark it would come and go. */
const marks = { opens: 90, ends: 80 } as const;

const findOrg = statement((on, hole) =>
  on.selectFrom("org").select(["sites", "max_sites as maxSites"]).where("id", "=", hole<string>("org_id")),
);

/** Organisations with so many of their sites. One that may have none is closed, not full. */
function crowded(on: Tx, percent: number): Subjects {
  return on
    .selectFrom("org")
    .select(({ val }) => ["org.id as org_id", val("sites").as("subject")])
    .where("org.max_sites", ">", 0)
    .where(({ eb, ref }) => eb(eb("org.sites", "*", 100), ">=", eb(ref("org.max_sites"), "*", percent)));
}

/** An organisation's sites are about to be as many as it may have. */
export const sitesLow: Condition = {
  kind: "capacity.low",
  about: "sites",
  holds: (on) => crowded(on, marks.opens),
  lasts: (on) => crowded(on, marks.ends),
  message: async (tx, { org_id }) => {
    const [org] = (await findOrg(tx, { org_id })).rows;
    return `${org?.sites} of ${org?.maxSites} sites are taken: further exchanges will be refused`;
  },
};

/** The organisation of the server's owner, while the server has so many of its connections. */
function busy(on: Tx, hole: HoleMaker, percent: number): Subjects {
  return on
    .selectFrom("org")
    .select(({ val }) => ["org.id as org_id", val("connections").as("subject")])
    .where("org.id", "=", hole<string>("org"))
    .where(({ eb }) =>
      eb(eb(hole<number>("connections"), "*", 100), ">=", eb(hole<number>("maxConnections"), "*", percent)),
    );
}

/** The server's connections are about to be as many as it takes. */
export const connectionsLow: Condition = {
  kind: "capacity.low",
  about: "connections",
  holds: (on, hole) => busy(on, hole, marks.opens),
  lasts: (on, hole) => busy(on, hole, marks.ends),
  message: async (_tx, _subject, { connections, maxConnections }) =>
    `${connections} of the server's ${maxConnections} connections are taken: further devices will find it closed`,
};
