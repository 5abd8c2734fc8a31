import { Command } from "commander";
import { afterEach, expect, test, vi } from "vitest";
import { addOptions, given, repeated, toggle, valued } from "../../src/cli/flags.js";
import { count, network, or, text } from "../../src/cli/kinds.js";

afterEach(() => vi.unstubAllEnvs());

/** What a command with some options makes of arguments. */
function parsed(...args: string[]): Record<string, unknown> {
  const command = addOptions(new Command().exitOverride().configureOutput({ writeErr: () => {} }), [
    valued("--max-usage <number>", "", or("unlimited", count(1, 10))),
    repeated("--source-cidr <network>", "", network),
    repeated("--label <text>", "", text),
    ...toggle("approve", "", ""),
  ]);
  return command.parse(args, { from: "user" }).opts();
}

test("a flag that may be given several times takes commas too, and its variable", () => {
  expect(parsed("--label", "a", "--label", "b, c")).toEqual({ label: ["a", "b", "c"] });
  vi.stubEnv("FIRSTBOOT_SOURCE_CIDR", "10.1.2.3/8,::1");
  expect(parsed()).toEqual({ sourceCidr: ["10.0.0.0/8", "::1/128"] });
  expect(parsed("--source-cidr", "")).toEqual({ sourceCidr: [] });
});

test("a word lifts a limit", () => {
  expect([parsed("--max-usage", "7"), parsed("--max-usage", "unlimited")]).toEqual([
    { maxUsage: 7 },
    { maxUsage: "unlimited" },
  ]);
  expect(() => parsed("--max-usage", "11")).toThrow(/--max-usage is "11"; it takes a whole number from 1 to 10/);
});

test.each([
  ["yes", true],
  ["1", true],
  ["no", false],
  ["0", false],
  ["", undefined],
])("the variable of a pair of switches says %j", (value, approve) => {
  vi.stubEnv("FIRSTBOOT_APPROVE", value);
  expect(parsed().approve).toBe(approve);
  expect([parsed("--approve").approve, parsed("--no-approve").approve]).toEqual([true, false]);
});

test("what was not said is left out", () => {
  expect(Object.keys(given({ a: undefined, b: null, c: 0, d: "" }))).toEqual(["b", "c", "d"]);
});
