import { expect, test } from "vitest";
import { openSqlite } from "../../src/control-plane/index.js";
import { createStore } from "../../src/control-plane/store/store.js";
import { realWorld } from "../../src/world/real/index.js";
import { pepper } from "./plane.js";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("of a crowd that the event loop lets in one by one, many share a commit; who comes alone has one at once", async () => {
  const commits: number[] = [];
  const store = createStore(realWorld(), openSqlite(":memory:"), pepper, (commands) => commits.push(commands));
  const command = (): Promise<unknown> => store.sessions.create("nobody", "x");
  await command();
  await turn();
  expect(commits).toEqual([1]);

  const crowd: Promise<unknown>[] = [];
  for (let come = 0; come < 60; come++) {
    crowd.push(command());
    await turn();
  }
  await Promise.all(crowd);
  await turn();
  expect(commits.reduce((sum, commands) => sum + commands)).toBe(61);
  expect(commits.length).toBeLessThan(10);
  await store.close();
});
