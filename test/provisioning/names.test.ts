import { expect, test } from "vitest";
import { animals, descriptors, niceId } from "../../src/provisioning/names.js";
import { seededRandom } from "../../src/world/random.js";

test("there are at least 150 of each word, all different and fit for a host name", () => {
  for (const list of [descriptors, animals]) {
    expect(list.length).toBeGreaterThanOrEqual(150);
    expect(new Set(list).size).toBe(list.length);
    expect(list.filter((word) => !/^[a-z]{2,12}$/.test(word))).toEqual([]);
  }
});

test("a name is a descriptor and an animal, and a seed gives the same one again", () => {
  expect(niceId(seededRandom(1))).toMatch(/^[a-z]+-[a-z]+$/);
  expect(niceId(seededRandom(1))).toBe(niceId(seededRandom(1)));
  const random = seededRandom(2);
  expect(new Set(Array.from({ length: 100 }, () => niceId(random))).size).toBeGreaterThan(90);
});
