import type { Command } from "commander";
import { describe, expect, test } from "vitest";
import { program } from "../../src/cli/program.js";
import { eachSetting } from "../../src/device/newt/settings/index.js";
import { FirstbootError } from "../../src/error.js";

/** A command with all that are in it, by their full names. */
function commandsOf(command: Command, name = command.name()): { readonly name: string; readonly command: Command }[] {
  return [{ name, command }, ...command.commands.flatMap((inner) => commandsOf(inner, `${name} ${inner.name()}`))];
}

function helpOf(command: Command): string {
  let help = "";
  command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
  return help;
}

const all = commandsOf(program());

test("the help of every command shows an example of it", () => {
  const without = all.filter(({ name, command }) => !new RegExp(`[$|(] ?${name}`).test(helpOf(command)));
  expect(without.map(({ name }) => name)).toEqual([]);
});

/** Newt's own flags have newt's names, if any. */
const newts = new Set(["--config-file", ...eachSetting().map(([, { flag }]) => `--${flag}`)]);

test("every flag has an environment name", () => {
  const without = all.flatMap(({ name, command }) =>
    command.options
      .filter(({ envVar, long }) => !envVar?.startsWith("FIRSTBOOT_") && long !== "--version")
      .filter(({ long }) => name !== "firstboot site" || !newts.has(long ?? ""))
      .map(({ long }) => `${name} ${long}`),
  );
  expect(without).toEqual([]);
});

/** What is said of arguments that are wrong. */
async function refusal(args: readonly string[]): Promise<string> {
  const error = await program()
    .parseAsync([...args], { from: "user" })
    .then(
      () => undefined,
      (reason: unknown) => reason,
    );
  if (error instanceof FirstbootError && error.code === "FB1001") return error.line;
  throw new Error("it was taken");
}

test.each<[string[], string]>([
  [["bogus"], "unknown command 'bogus'; see `firstboot --help`"],
  [["keys", "bogus"], "unknown command 'bogus'; see `firstboot keys --help`"],
  [["keys", "create"], "required option '--name <text>' not specified; see `firstboot keys create --help`"],
  [["sites", "list", "--jason"], "unknown option '--jason' (Did you mean --json?); see `firstboot sites list --help`"],
  [["up", "now"], "too many arguments for 'up'. Expected 0 arguments but got 1; see `firstboot up --help`"],
  [["keys", "list", "--data", ""], "--data is empty; give it a value, or leave it out"],
])("%j points to the help of its command", async (args, said) => {
  expect(await refusal(args)).toBe(`FB1001: ${said}`);
});

const secret = "b".repeat(40);

describe("wrong usage is refused before a server is asked", () => {
  test.each<[string[], RegExp]>([
    [["keys", "create", "--name", ""], /--name is ""/],
    [["keys", "create", "--name", "a", "--max-usage", "none"], /unlimited/],
    [["keys", "create", "--name", "a", "--expires-in", "soon"], /a duration such as/],
    [["keys", "create", "--name", "a", "--expires-in", "9999999w"], /up to 100 years/],
    [["keys", "create", "--name", "a", "--expires-at", "tomorrow"], /a time with its zone/],
    [["keys", "create", "--name", "a", "--expires-in", "1d", "--expires-at", "2030-01-01T00:00:00Z"], /with/],
    [["keys", "create", "--name", "a", "--reclaim-after", "0s"], /a duration such as/],
    [["keys", "create", "--name", "a", "--source-cidr", "10.0.0.0/8,10.0.0.0/33"], /"10.0.0.0.33"/],
    [["keys", "create", "--name", "a", "--key-file", "missing"], /no server is named/],
    [["keys", "show", `spk-${"a".repeat(15)}.${secret}`], /before the dot/],
    [["keys", "update", "spk-a"], /no change/],
    [["keys", "update", "spk-a", "--never", "--expires-in", "1d"], /cannot be used with/],
    [["keys", "delete", "spk-a", "--sites", "maybe"], /keep, delete/],
    [["codes", "create", "--name", "a", "--quantity", "10001"], /whole number/],
    [["sites", "delete"], /no site to delete/],
    [["sites", "rename", "a"], /--nice-id/],
    [["devices", "show", "gate-7"], /devices list/],
    [["devices", "command", "dev_a", "reboot", "--payload", "[1]"], /a JSON object/],
    [["devices", "command", "dev_a", "reboot", "--timeout", "2m"], /from 1s to 60s/],
    [["devices", "shadow", "dev_a", "--set", "led=on"], /value as JSON/],
    [["devices", "shadow", "dev_a", "--set", "led=1", "--unset", "led"], /named twice/],
    [["devices", "shadow", "dev_a", "--if-version", "3"], /give --set or --unset/],
    [["devices", "revoke", "gate-7"], /devices list/],
    [["orgs", "update", "acme"], /no change/],
    [["api-keys", "create", "--name", "a", "--scope", "keys"], /keys:read/],
    [["audit", "list", "--limit", "0"], /whole number/],
  ])("%j", async (args, text) => {
    const said = await refusal(args);
    expect(said).toMatch(text);
    expect(said).not.toContain(secret);
  });
});
