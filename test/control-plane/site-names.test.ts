import { expect, test } from "vitest";
import { openSqlite } from "../../src/control-plane/index.js";
import { animals, descriptors } from "../../src/provisioning/names.js";
import { org, Plane } from "./plane.js";

test("an organisation whose names are all taken finds new ones at the second try", async () => {
  const database = openSqlite(":memory:");
  let inserts = 0;
  const plane = await Plane.start({
    close: () => database.close(),
    prepare: (sql) => {
      if (sql.startsWith('insert into "site"')) inserts++;
      return database.prepare(sql);
    },
  });
  const key = await plane.key();
  database
    .prepare(
      `insert into site (org_id, nice_id, name, status, created_at, authenticated_at)
       select ?, d.value || '-' || a.value, 'x', 'approved', 0, 0 from json_each(?) d, json_each(?) a`,
    )
    .run([org, JSON.stringify(descriptors), JSON.stringify(animals)]);
  const exchanges = 200;
  await Promise.all(Array.from({ length: exchanges }, () => plane.register(key)));
  const numbered = database
    .prepare("select nice_id from site where nice_id glob '*-[0-9]*' and name = nice_id")
    .all([]);
  expect(numbered).toHaveLength(exchanges);
  expect(inserts).toBeGreaterThanOrEqual(2 * exchanges);
  expect(inserts).toBeLessThan(2.1 * exchanges);
});
