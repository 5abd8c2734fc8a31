import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { program } from "../../src/cli/program.js";
import { FirstbootError } from "../../src/error.js";
import { mask, readBlueprint } from "../../src/provisioning/blueprint/index.js";
import { TestSite, target, web } from "../control-plane/newt-site.js";
import { apiKey, org, Plane, temporaryDirectory } from "../control-plane/plane.js";

afterEach(() => vi.unstubAllEnvs());

/** A plane, and what the command line says to it. */
async function started() {
  const plane = await Plane.start();
  const directory = temporaryDirectory();
  vi.stubEnv("FIRSTBOOT_API_KEY", apiKey);

  /** What a command prints, and notes beside it. */
  async function run(...args: string[]): Promise<{ stdout: string; stderr: string }> {
    const said = { stdout: "", stderr: "" };
    const spies = (["stdout", "stderr"] as const).map((stream) =>
      vi.spyOn(process[stream], "write").mockImplementation((text) => {
        said[stream] += text;
        return true;
      }),
    );
    const full = [...args, "--target", plane.origin, "--data", directory];
    try {
      await program().parseAsync(full, { from: "user" });
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
    return said;
  }
  async function refusal(...args: string[]): Promise<string> {
    const error = await run(...args).catch((reason: unknown) => reason);
    if (error instanceof FirstbootError) return error.line;
    throw new Error(`${args.join(" ")} was taken: ${JSON.stringify(error)}`);
  }
  function file(name: string, text: string): string {
    const path = join(directory, name);
    writeFileSync(path, text);
    return path;
  }
  return { plane, integration: plane.integration, run, refusal, file };
}

const page = `
name: Page
mode: http
full-domain: page.example.com
auth: { password: hunter2, sso-roles: [Member] }
labels: [a]
`;

test("a resource is made from its document, shown as a blueprint, edited by that and by single keys, and deleted", async () => {
  const { integration, run, file } = await started();
  await integration.createDomain(org, { name: "example.com" });
  const made = await run("resources", "create", "public", "page", "--file", file("page.yaml", page));
  expect(made).toEqual({ stdout: "created public resource page\n", stderr: "" });
  const listed = await run("resources", "list", "--kind", "public");
  expect(listed.stdout).toMatch(
    /^KIND +RESOURCE +NAME +MODE +ENABLED +SITES +GOVERNED BY +UPDATED\npublic +page +Page +http +yes +- +- +(now|.* ago)\n$/,
  );
  expect(JSON.parse((await run("resources", "list", "--json")).stdout)).toMatchObject([{ niceId: "page" }]);

  const shown = await run("resources", "show", "public", "page");
  expect(shown.stderr).toBe("");
  expect(shown.stdout).not.toContain("hunter2");
  const { document } = await integration.findResource(org, "public", "page");
  expect(readBlueprint(shown.stdout, {}).document).toEqual({ "public-resources": { page: document } });

  // What is shown is taken back: the mask stays the password, and what is not there any more goes.
  const edit = shown.stdout.replace("name: Page", "name: Front").replace(/ +labels:\n.*\n/, "");
  const edited = await run("resources", "edit", "public", "page", "--file", file("edit.yaml", edit));
  expect(edited).toEqual({ stdout: "edited public resource page\n", stderr: "" });
  expect((await integration.findResource(org, "public", "page")).document).toEqual({
    ...document,
    name: "Front",
    labels: [],
  });
  const sets = ["enabled=false", "auth.sso-roles=[DevOps, Member]", "auth.password=", 'host-header="1"'];
  const flags = sets.flatMap((set) => ["--set", set]);
  const set = JSON.parse((await run("resources", "edit", "public", "page", ...flags, "--json")).stdout);
  expect(set).toMatchObject({
    enabled: false,
    document: { name: "Front", auth: { "sso-roles": ["DevOps", "Member"] }, "host-header": "1" },
  });
  expect(set.document.auth).not.toHaveProperty("password");
  expect(JSON.parse((await run("resources", "show", "public", "page", "--json")).stdout)).toMatchObject({
    document: set.document,
  });

  expect(await run("resources", "delete", "public", "page", "--yes")).toEqual({
    stdout: "deleted public resource page\n",
    stderr: "",
  });
  expect((await run("resources", "list")).stdout.split("\n")).toHaveLength(2);
});

test("a document is taken from a blueprint that has others too, and JSON is YAML", async () => {
  const { run, refusal, file } = await started();
  const json = JSON.stringify({
    "client-resources": { page: { name: "Shell", mode: "host", destination: "10.0.0.1" } },
    "public-policies": { staff: { name: "{{env.FIRSTBOOT_TEST_NAME}}" }, other: { name: "Other" } },
  });
  const path = file("all.json", json);
  vi.stubEnv("FIRSTBOOT_TEST_NAME", "Staff");
  expect((await run("resources", "create", "policy", "staff", "--file", path)).stdout).toBe("created policy staff\n");
  expect((await run("resources", "list")).stdout).toMatch(/^policy +staff +Staff +- +yes /m);
  expect(await refusal("resources", "create", "public", "page", "--file", path)).toBe(
    "FB1006: the blueprint has no public resource page; write it below public-resources, or give its document alone",
  );
});

test("who edits or deletes what a site's blueprint file governs is told so, and the list shows it", async () => {
  const { plane, run } = await started();
  const site = await TestSite.of(plane);
  const newt = await site.connect();
  const apply = async () => {
    newt.say({ type: "newt/blueprint/apply", data: { blueprint: web([target(80)]), once: false } });
    await newt.hear("newt/blueprint/results");
  };
  await apply();
  const governs = `site ${site.niceId}'s blueprint file governs this resource`;
  expect((await run("resources", "show", "public", "web")).stderr).toBe(`${governs}\n`);
  expect((await run("resources", "edit", "public", "web", "--set", "ssl=true")).stderr).not.toContain(governs);
  const edited = await run("resources", "edit", "public", "web", "--set", "ssl=false");
  expect(edited.stdout).toBe("edited public resource web\n");
  expect(edited.stderr).toContain(`${governs} and will overwrite the edit\n`);
  expect(edited.stderr).toMatch(/^warning: Domain not found for full-domain: web\.example\.com/m);
  const row = (mark: string) =>
    new RegExp(`^public +web +Web +http +yes +${site.niceId} +${site.niceId}${mark} {2}`, "m");
  expect((await run("resources", "list")).stdout).toMatch(row(", which will overwrite an edit"));
  await apply();
  expect((await run("resources", "list", "--site", site.niceId)).stdout).toMatch(row(""));
  expect((await run("resources", "delete", "public", "web", "--yes")).stderr).toBe(
    `${governs} and will make it again\n`,
  );
});

test("wrong usage and what cannot be had are refused with a reason", async () => {
  const { refusal, run, file } = await started();
  const path = file("page.yaml", page);
  await run("resources", "create", "public", "page", "--file", path);
  const cases: readonly (readonly [RegExp, ...string[]])[] = [
    [/"shared" is no kind of resource; it takes one of policy, public, private$/, "show", "shared", "page"],
    [/answered 404; There is no private resource page; /, "show", "private", "page"],
    [/answered 409; There is a public resource page already$/, "create", "public", "page", "--file", path],
    [/no change is named; give --file, --set or both$/, "edit", "public", "page"],
    [/--set is "targets\[0\]=1"; it takes a path /, "edit", "public", "page", "--set", "targets[0]=1"],
    [/--set is "labels=\[a"; it takes a path and a value in YAML/, "edit", "public", "page", "--set", "labels=[a"],
    [/answered 400; Validation error: .*public-resources\.page\.ssl/, "edit", "public", "page", "--set", "ssl=on"],
    [/^FB1002: cannot read .*nowhere/, "create", "public", "new", "--file", "/nowhere/x.yaml"],
    [/^FB1006: /, "create", "public", "new", "--file", file("list.yaml", "- a\n- b\n")],
    [/answered 404; /, "delete", "public", "nothing", "--yes"],
  ];
  for (const [reason, ...args] of cases) expect(await refusal("resources", ...args)).toMatch(reason);
  expect(await refusal("resources", "edit", "public", "page", "--set", "auth.__proto__.polluted=true")).toMatch(/400/);
  expect({}).not.toHaveProperty("polluted");
});

test("roles, users and domains are made, listed and deleted", async () => {
  const { run, refusal } = await started();
  expect((await run("roles", "create", "DevOps")).stdout).toMatch(/^ROLE +DevOps\nBUILT IN +no\nCREATED +/);
  expect((await run("roles", "list")).stdout).toMatch(
    /^ROLE +BUILT IN +CREATED\nAdmin +yes +.*\nDevOps +no +.*\nMember +yes +.*\n$/,
  );
  expect(await refusal("roles", "create", "DevOps")).toMatch(/answered 409; Role DevOps exists already$/);
  expect(await refusal("roles", "delete", "Admin", "--yes")).toMatch(/answered 409; Role Admin is built in and stays$/);
  expect((await run("roles", "delete", "DevOps", "--yes")).stdout).toBe("deleted DevOps\n");
  await run("users", "create", "ann", "--email", "ann@example.com");
  expect((await run("users", "list")).stdout).toMatch(/^USER +EMAIL +CREATED\nann +ann@example\.com +/);
  expect((await run("users", "delete", "ann", "--yes")).stdout).toBe("deleted ann\n");
  await run("domains", "create", "Example.com");
  expect(JSON.parse((await run("domains", "list", "--json")).stdout)).toMatchObject([{ name: "example.com" }]);
  expect((await run("domains", "delete", "example.com", "--yes")).stdout).toBe("deleted example.com\n");
  expect(await refusal("domains", "delete", "example.com", "--yes")).toMatch(/answered 404; /);
});

test("the mask is what is shown of a secret, and no document can bring it in", async () => {
  const { refusal, file } = await started();
  const path = file("masked.yaml", page.replace("hunter2", JSON.stringify(mask)));
  expect(await refusal("resources", "create", "public", "page", "--file", path)).toMatch(/auth\.password/);
});
