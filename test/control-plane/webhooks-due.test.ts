import { expect, test } from "vitest";
import { openSqlite } from "../../src/control-plane/index.js";
import { createStore } from "../../src/control-plane/store/store.js";
import { realWorld } from "../../src/world/real/index.js";
import { org } from "./plane.js";

/** A store of so many webhooks, called 00001 and so on, of which some are owed a message each. */
function stage(count: number, owed: string) {
  const database = openSqlite(":memory:");
  const store = createStore(realWorld({ name: "store" }), database, Buffer.alloc(32));
  database.prepare("insert into org (id, created_at) values (?, 0)").run([org]);
  database
    .prepare(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})
       insert into webhook (id, org_id, url, sealed_secret, kinds, created_at)
       select format('%05d', i), '${org}', 'https://example.com/', '', '[]', 0 from n`,
    )
    .run([]);
  database
    .prepare(
      `insert into delivery (id, webhook_id, alert_id, body, created_at, next_at)
       select 'msg_' || id, id, 1, '{}', 0, ${owed} from webhook where ${owed} is not null`,
    )
    .run([]);
  return { database, store };
}

test("all webhooks have their turn, those first that come after who had the last", async () => {
  const { store } = stage(900, "case when id % 3 = 0 then 1000 else 5000 end");
  const turns: string[] = [];
  for (let last = "00700"; turns.length < 300; last = turns.at(-1) ?? "") {
    const due = await store.deliveries.due(1_000, last);
    expect(due).toHaveLength(100);
    turns.push(...due.map(({ webhookId }) => webhookId));
  }
  const all = Array.from({ length: 300 }, (_, index) => String(3 * (index + 1)).padStart(5, "0"));
  expect(turns).toEqual([...all.filter((id) => id > "00700"), ...all.filter((id) => id < "00700")]);
  await store.close();
});

test("a webhook that is owed very much takes two places of a look, and no more time", async () => {
  const { database, store } = stage(10, "1000");
  database
    .prepare(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < 50000)
       insert into delivery (id, webhook_id, alert_id, body, created_at, next_at)
       select 'more' || i, '00004', 1, '{}', 0, i from n`,
    )
    .run([]);
  const due = await store.deliveries.due(60_000, "");
  expect(due.filter(({ webhookId }) => webhookId === "00004")).toHaveLength(2);
  expect(due).toHaveLength(11);
  await store.close();
});

test.each([
  ["are owed nothing", "case id when '05000' then 1000 end"],
  ["wait for another attempt", "case id when '05000' then 1000 else 5000 end"],
])("webhooks that %s cost nothing, however many there are", async (_what, owed) => {
  const { store } = stage(10_000, owed);
  const looks = 200;
  const before = process.cpuUsage();
  for (let index = 0; index < looks; index++) expect(await store.deliveries.due(1_000, "07000")).toHaveLength(1);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1_000 / looks, "milliseconds of CPU, far above what it takes").toBeLessThan(3);
  await store.close();
});

test("few that are due are had in turn too", async () => {
  const { store } = stage(90, "1000");
  const due = await store.deliveries.due(1_000, "00060");
  expect(due.map(({ webhookId }) => Number(webhookId))).toEqual([
    ...Array.from({ length: 30 }, (_, index) => 61 + index),
    ...Array.from({ length: 60 }, (_, index) => 1 + index),
  ]);
  await store.close();
});
