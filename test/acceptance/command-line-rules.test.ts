import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newtHeaders, newtPaths } from "../../src/protocol/newt/index.js";
import { realWorld } from "../../src/world/real/index.js";
import { firstboot, type Outcome, scratch, up } from "./command.js";

describe("approval rules and sites that wait on the command line", { timeout: 60_000 }, () => {
  const cwd = scratch();
  let plane: Awaited<ReturnType<typeof up>>;
  let network: ReturnType<typeof realWorld>["network"];
  beforeAll(async () => {
    plane = await up(cwd);
    ({ network } = realWorld({ ca: readFileSync(plane.facts.ca, "utf8") }));
  });
  afterAll(() => plane.stop());

  async function done(...args: string[]): Promise<Outcome> {
    const outcome = await firstboot(args, { cwd });
    expect(outcome).toMatchObject({ code: 0 });
    return outcome;
  }
  async function json(...args: string[]) {
    const { stdout, stderr } = await done(...args, "--json");
    expect({ stderr, lines: stdout.split("\n").length }).toEqual({ stderr: "", lines: 2 });
    return JSON.parse(stdout);
  }
  async function refused(reason: RegExp, ...args: string[]): Promise<void> {
    expect(await firstboot(args, { cwd })).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(reason),
    });
  }
  /** Sites that exchange a key, one after the other. */
  async function exchange(provisioningKey: string, ...names: string[]): Promise<void> {
    const url = `${plane.facts.url}${newtPaths.register}`;
    for (const name of names) {
      const body = JSON.stringify({ provisioningKey, name });
      const { status } = await network.request({ method: "POST", url, headers: newtHeaders, body, timeoutMs: 5_000 });
      expect(status).toBe(201);
    }
  }
  const key = async (...flags: string[]) => (await done("keys", "create", "--no-approve", ...flags)).stdout.trim();
  const idOf = (text: string) => text.split(".")[0] ?? "";

  it("a rule lets in those who wait and those to come, and shows how many", async () => {
    const field = await key("--name", "field", "--label", "rack-4");
    await exchange(field, "SN1-edge", "other");
    const terms = ["--key", idOf(field), "--name-pattern", "SN*-edge", "--label", "rack-4"];
    const from = ["--source-cidr", "127.0.0.0/8", "--source-cidr", "::1"];
    const limits = ["--max-sites", "2", "--expires-in", "7d"];
    const made = await done("rules", "create", "--name", "week 47", ...terms, ...from, ...limits);
    const id = made.stdout.trim();
    expect(id).toMatch(/^\d+$/);
    expect(made.stderr).toMatch(
      /^Rule "week 47" approves at most 2 sites \(key spk-\w+, name SN\*-edge, label rack-4, from .+ or .+\) until .+ \(in 7 days\): 1 site that waited, approved\.\n$/,
    );
    await exchange(field, "SN2-edge", "SN3-edge");
    expect((await done("rules", "list")).stdout).toMatch(
      /^ID +NAME +STATE +SITES +EXPIRES +LETS IN\n\d+ +week 47 +full +2 of 2 +in 7 days +key spk-\w+, name SN\*-edge, label rack-4, from 127\.0\.0\.0\/8 or ::1\/128\n$/,
    );
    expect(await json("rules", "list")).toMatchObject([{ approvalRuleId: Number(id), sites: 2, state: "full" }]);
    const site = await done("sites", "show", "SN2-edge");
    expect(site.stdout).toMatch(/^CAME FROM +127\.0\.0\.1$/m);
    expect(site.stdout).toMatch(new RegExp(`^APPROVED BY +rule ${id}$`, "m"));
    expect(site.stdout).toMatch(/^CONFIG +version 1$/m);
    expect(site.stdout).toMatch(/^LAST HEARD FROM +-$/m);
    expect((await done("rules", "delete", id)).stdout).toBe(`deleted ${id}\n`);
    await refused(/^FB1008: .* was answered 404; /, "rules", "delete", id);
    expect((await json("sites", "list", "--status", "approved")).length).toBe(2);
    expect((await done("sites", "reject", "--all")).stdout.match(/^rejected /gm)).toHaveLength(2);
  });

  it("a list of those who wait shows what helps to decide, and all of them are approved with a line each", async () => {
    const lab = await key("--name", "lab", "--label", "hall-9");
    await exchange(lab, "bench-1", "bench-2");
    const listed = await done("sites", "list", "--status", "pending");
    expect(listed.stdout).toMatch(/^SITE +NAME +KEY +FROM +FIRST SEEN +ONLINE +LABELS\n/);
    expect(listed.stdout).toMatch(
      new RegExp(`^\\S+ +bench-1 +${idOf(lab)} +127\\.0\\.0\\.1 +(now|.* ago) +no +hall-9$`, "m"),
    );
    expect((await done("sites", "approve", "--all")).stdout).toMatch(
      /^approved bench-1 \(.+\)\napproved bench-2 \(.+\)\n$/,
    );
    expect((await done("sites", "approve", "--all")).stdout).toBe("no site is pending\n");
  });

  it("a rule that would let everybody in, or names a key wrongly, is not sent, and a secret is not repeated", async () => {
    const secret = await key("--name", "pasted");
    await refused(/^FB1001: the rule would let everybody in; give --key, /, "rules", "create", "--name", "all");
    await refused(
      /^FB1001: --max-sites is "0"; it takes /,
      "rules",
      "create",
      "--name",
      "x",
      "--label",
      "y",
      "--max-sites",
      "0",
    );
    await refused(/^FB1001: that is not the id of a rule; /, "rules", "delete", "week 47");
    const pasted = await firstboot(["rules", "create", "--name", "x", "--key", secret], { cwd });
    expect(pasted).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(/^FB1001: .* id of a key; /) });
    expect(pasted.stderr).not.toContain(secret.split(".")[1]);
    await refused(/answered 404; /, "rules", "create", "--name", "x", "--key", `spk-${"a".repeat(15)}`);
    expect(await json("rules", "list")).toEqual([]);
  });
});
