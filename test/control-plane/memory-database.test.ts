import { expect, test } from "vitest";
import { MemoryDatabase } from "../../src/control-plane/index.js";

test("a connection that is closed takes no statement any more, and leaves the next one's work alone", () => {
  const database = new MemoryDatabase();
  const dead = database.connect();
  dead.prepare("create table t (n)").run([]);
  dead.prepare("begin").run([]);
  dead.prepare("insert into t values (1)").run([]);
  dead.close();
  const living = database.connect();
  living.prepare("begin").run([]);
  living.prepare("insert into t values (2)").run([]);
  dead.close();
  expect(() => dead.prepare("insert into t values (3)")).toThrow("not open");
  living.prepare("commit").run([]);
  expect(living.prepare("select n from t").all([])).toEqual([{ n: 2 }]);
  database.close();
});
