import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { firstboot, type Outcome, scratch, up } from "./command.js";

describe("resources on the command line", { timeout: 60_000 }, () => {
  const cwd = scratch();
  let plane: Awaited<ReturnType<typeof up>>;
  beforeAll(async () => {
    plane = await up(cwd);
  });
  afterAll(() => plane.stop());

  async function done(args: readonly string[], input?: string): Promise<Outcome> {
    const outcome = await firstboot(args, { cwd, ...(input !== undefined && { input }) });
    expect(outcome).toMatchObject({ code: 0 });
    return outcome;
  }

  it("one is made from standard input, shown, edited by what was shown, and deleted", async () => {
    const document = "name: Page\nmode: http\nfull-domain: page.example.com\nauth:\n  password: hunter2\n";
    const made = await done(["resources", "create", "public", "page", "--file", "-"], document);
    expect(made.stdout).toBe("created public resource page\n");
    expect(made.stderr).toMatch(/^warning: Domain not found for full-domain: page\.example\.com.*\n$/);
    const shown = await done(["resources", "show", "public", "page"]);
    expect(shown.stdout).toMatch(/^public-resources:\n {2}page:\n {4}name: Page\n/);
    expect(shown.stdout).toContain('password: "********"');
    const edited = await done(
      ["resources", "edit", "public", "page", "--file", "-", "--set", "enabled=false", "--json"],
      shown.stdout.replace("name: Page", "name: Front"),
    );
    expect(JSON.parse(edited.stdout)).toMatchObject({ name: "Front", enabled: false });
    expect((await done(["resources", "list"])).stdout).toMatch(/^public +page +Front +http +no +- +- +/m);
    expect((await done(["resources", "delete", "public", "page"])).stdout).toBe("deleted public resource page\n");
    expect(
      await firstboot(["resources", "create", "public", "page", "--file", "-"], { cwd, input: "mode: htp" }),
    ).toEqual({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(
        /^FB1008: PUT \S+ was answered 400; Validation error: .*public-resources\.page\.mode/,
      ),
    });
  });
});
