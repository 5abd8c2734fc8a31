import { sql } from "kysely";
import { listed } from "../listed.js";
import type { Tx } from "../schema.js";
import { statement } from "../statement.js";

/** Resources by `[[kind, niceId], …]`, with the niceId of the site that governs each. */
export const selectKnown = statement((on, hole) =>
  on
    .selectFrom("resource")
    .leftJoin("site as governor", "governor.id", "resource.governed_by")
    .selectAll("resource")
    .select("governor.nice_id as governor")
    .where("resource.org_id", "=", hole<string>("orgId"))
    .where(
      sql<boolean>`(resource.kind, resource.nice_id) in (select value ->> 0, value ->> 1 from json_each(${hole("names")}))`,
    ),
);

export const selectSitesByNiceId = statement((on, hole) =>
  on
    .selectFrom("site")
    .select(["id", "nice_id"])
    .where("org_id", "=", hole<string>("orgId"))
    .where("nice_id", "in", listed<string>(hole<string>("names"))),
);

/** One row for each name, however many sites have it. */
export const selectSitesByName = statement((on, hole) =>
  on
    .selectFrom("site")
    .select(({ fn }) => ["name", fn.min<number>("id").as("id"), fn.countAll<number>().as("count")])
    .where("org_id", "=", hole<string>("orgId"))
    .where("name", "in", listed<string>(hole<string>("names")))
    .groupBy("name"),
);

/** niceIds of sites by their ids. */
export const selectNiceIds = statement((on, hole) =>
  on
    .selectFrom("site")
    .select(["id", "nice_id"])
    .where("id", "in", listed<number>(hole<string>("ids"))),
);

export const selectRoles = statement((on, hole) =>
  on
    .selectFrom("role")
    .select("name")
    .where("org_id", "=", hole<string>("orgId"))
    .where("name", "in", listed<string>(hole<string>("names"))),
);

export const countRoles = statement((on, hole) =>
  on
    .selectFrom("role")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("org_id", "=", hole<string>("orgId")),
);

/** Those of the names that are somebody's name or address. */
export const selectUsers = statement((on, hole) => {
  const users = on.selectFrom("org_user").where("org_id", "=", hole<string>("orgId"));
  const byName = users.select("name as word").where("name", "in", listed<string>(hole<string>("names")));
  return byName.unionAll(
    users
      .select(({ ref }) => ref("email").$notNull().as("word"))
      .where("email", "in", listed<string>(hole<string>("names"))),
  );
});

export const selectDomains = statement((on, hole) =>
  on
    .selectFrom("domain")
    .select("name")
    .where("org_id", "=", hole<string>("orgId"))
    .where("name", "in", listed<string>(hole<string>("names"))),
);

function owners(on: Tx) {
  return on
    .selectFrom("resource")
    .select(["kind", "nice_id", "site_id", "full_domain", "alias", "proxy_protocol", "proxy_port"]);
}

export const selectDomainOwners = statement((on, hole) =>
  owners(on)
    .where("org_id", "=", hole<string>("orgId"))
    .where("full_domain", "in", listed<string>(hole<string>("names"))),
);

export const selectAliasOwners = statement((on, hole) =>
  owners(on)
    .where("org_id", "=", hole<string>("orgId"))
    .where("alias", "in", listed<string>(hole<string>("names"))),
);

export const selectPortOwners = statement((on, hole) =>
  owners(on)
    .where("org_id", "=", hole<string>("orgId"))
    .where("proxy_port", "in", listed<number>(hole<string>("names"))),
);

export const selectReach = statement((on, hole) =>
  on
    .selectFrom("resource_site")
    .selectAll()
    .where("resource_id", "in", listed<number>(hole<string>("ids"))),
);

export const selectPorts = statement((on, hole) =>
  on
    .selectFrom("target")
    .select(["site_id", "internal_port"])
    .where("site_id", "in", listed<number>(hole<string>("ids"))),
);

export const countOfSite = statement((on, hole) =>
  on
    .selectFrom("resource")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("site_id", "=", hole<number>("siteId")),
);

export const selectGoverned = statement((on, hole) =>
  on.selectFrom("resource").select(["id", "kind", "nice_id"]).where("governed_by", "=", hole<number>("siteId")),
);

export const selectNewts = statement((on, hole) =>
  on
    .selectFrom("newt")
    .select("id")
    .where("site_id", "in", listed<number>(hole<string>("ids"))),
);
