import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { firstboot, type Outcome, root, scratch, up } from "./command.js";

const everything = join(root, "examples/blueprints/everything.yaml");
const promised = join(root, "examples/blueprints/serial-number.yaml");

const wrong = `public-resources:
  web:
    name: Web
    mode: http
    full-domian: app.example.com
    targets:
      - hostname: 127.0.0.1
        port: 99999
        method: http
    auth: { password: "", pincode: 12 }
  "ssh-{{env.UNSET}}":
    name: SSH
    mode: tcp
    proxy-port: 22
`;

/** A document with this many resources, each of them wrong. */
const huge = (count: number): string =>
  `public-resources:\n${Array.from({ length: count }, (_, index) => `  r${index}: { name: R, mode: none }\n`).join("")}`;

describe("firstboot blueprint, without a server", { timeout: 60_000 }, () => {
  const cwd = scratch();
  beforeAll(() => {
    writeFileSync(join(cwd, "wrong.yaml"), wrong);
    writeFileSync(join(cwd, "broken.yaml"), "public-resources:\n\tweb: 1\n");
    writeFileSync(join(cwd, "huge.yaml"), huge(50_000));
    writeFileSync(join(cwd, "list.yaml"), "- web\n");
    copyFileSync(promised, join(cwd, "promised.yaml"));
  });
  const run = (args: readonly string[], more: { input?: string; env?: Record<string, string> } = {}) =>
    firstboot(["blueprint", ...args], { cwd, ...more });

  it("check tells all that is wrong in several files, in their order, with places, lines and an end", async () => {
    const { code, stdout, stderr } = await run(["check", "wrong.yaml", "broken.yaml", "list.yaml", "huge.yaml", "-"], {
      input: "private-resources: {}\n",
    });
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    const lines = stdout.trimEnd().split("\n");
    const told = lines.filter((line) => /^\S+:\d+:\d+: /.test(line));
    const places = told.map((line) => line.replace(/^(\S+: \w+: [^ :]+).*$/, "$1"));
    expect(places).toEqual([
      "wrong.yaml:2:3: error: public-resources.web.full-domain",
      "wrong.yaml:5:5: warning: public-resources.web.full-domian",
      "wrong.yaml:8:15: error: public-resources.web.targets[0].port",
      "wrong.yaml:10:23: error: public-resources.web.auth.password",
      "wrong.yaml:10:36: error: public-resources.web.auth.pincode",
      'wrong.yaml:11:3: warning: public-resources["ssh-{{env.UNSET}}"]',
      expect.stringMatching(/^broken\.yaml:2:1: error: \w+/),
      expect.stringMatching(/^list\.yaml:1:1: error: \w+/),
      expect.stringMatching(/^huge\.yaml:1:1: error: \w+/),
    ]);
    expect(stdout).toMatch(/did you mean full-domain\?\n +5 \| {5}full-domian: app\.example\.com\n {6}\| {5}\^\n/);
    expect(stdout).toMatch(/^huge\.yaml:1:1: error: .* at most \d+ /m);
    expect(stdout).toMatch(/UNSET is not set .*--env UNSET=VALUE\n/);
    expect(stdout).not.toContain("   10 |"); // A line with a secret is not repeated.
    expect(lines.filter((line) => /^(wrong|broken|list|huge)\.yaml: |^<stdin>: |^\d/.test(line))).toEqual([
      "wrong.yaml: does not fit: 4 errors, 2 warnings",
      "broken.yaml: does not fit: 1 error",
      "list.yaml: does not fit: 1 error",
      "huge.yaml: does not fit: 1 error",
      "<stdin>: fits: nothing in it",
      "5 documents: 1 fit, 4 do not",
    ]);
  });

  it("check --json is one line, and what only Pangolin refuses is no error until --strict", async () => {
    const env = { SERIAL_NUMBER: "SN1" };
    const lenient = await run(["check", "--json", "promised.yaml"], { env });
    expect(lenient).toMatchObject({ code: 0, stderr: "" });
    const strictly = (level: string) => [
      { level, path: "private-resources.ssh-resource.destination", line: 5, column: 18, message: expect.any(String) },
      { level, path: expect.stringContaining("sso-roles"), line: 24, column: 11, message: expect.any(String) },
    ];
    expect(JSON.parse(lenient.stdout)).toEqual({
      ok: true,
      files: [{ file: "promised.yaml", ok: true, findings: strictly("strict") }],
    });
    const names = ["--env", "SERIAL_NUMBER=SN1", "--env", "SITE=brave-otter"];
    const strict = await run(["check", "--json", "--strict", "promised.yaml", everything, ...names]);
    expect(strict).toMatchObject({ code: 1, stderr: "" });
    expect(JSON.parse(strict.stdout)).toEqual({
      ok: false,
      files: [
        { file: "promised.yaml", ok: false, findings: strictly("error") },
        { file: everything, ok: true, findings: [] },
      ],
    });
  });

  it("a document that does not fit is told with its places before a server is asked for", async () => {
    expect(await run(["apply", "wrong.yaml"])).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(
        /^wrong\.yaml:2:3: error: [\s\S]*\nFB1006: wrong\.yaml does not fit; 4 errors, 2 warnings; mend what is said above\n$/,
      ),
    });
  });
});

describe("firstboot blueprint, with a control plane", { timeout: 60_000 }, () => {
  const cwd = scratch();
  let plane: Awaited<ReturnType<typeof up>>;
  beforeAll(async () => {
    plane = await up(cwd);
  });
  afterAll(() => plane.stop());
  const run = (...args: string[]): Promise<Outcome> => firstboot(args, { cwd });
  const put = (name: string, port: number, password = "hunter2hunter2") =>
    writeFileSync(
      join(cwd, "shop.yaml"),
      `public-resources:
  shop:
    name: ${name}
    mode: http
    full-domain: shop.example.com
    auth: { sso-roles: [Clerk], password: ${password} }
    targets: [{ hostname: 127.0.0.1, port: ${port}, method: http, site: shop-12 }]
`,
    );

  it("plan, apply and the history tell what would change, what did and what had", async () => {
    expect((await run("sites", "create", "--name", "shop-12")).code).toBe(0);
    put("Shop", 8080);
    const planned = await run("blueprint", "plan", "shop.yaml", "--exit-code");
    expect(planned).toMatchObject({ code: 1, stderr: "" });
    expect(planned.stdout).toMatch(/^\+ public shop\n( {4}\+ \S+ += .+\n)+\+ role Clerk\n\n/);
    expect(planned.stdout).toMatch(/^ {4}\+ full-domain += "shop\.example\.com"$/m);
    expect(planned.stdout).toMatch(/^warning: .*shop\.example\.com/m);
    expect(planned.stdout).toMatch(/\nPlan: 1 resource to create, 1 role to create\.\n$/);

    const applied = await run("blueprint", "apply", "shop.yaml", "--name", "release 7");
    expect(applied).toMatchObject({ code: 0, stderr: "" });
    expect(applied.stdout).toBe(`${planned.stdout}Applied: 1 resource created, 1 role created.\n`);
    expect(await run("blueprint", "plan", "shop.yaml", "--exit-code")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^(warning: .*\n)+\nNo changes: the server is as the document says\.\n$/),
    });

    put("Shop", 9090, "correct-horse");
    const changed = await run("blueprint", "apply", "shop.yaml");
    expect(changed.stdout).toMatch(/^~ public shop\n/);
    expect(changed.stdout).toMatch(/^ {4}~ targets\[0\]\.port += 8080 -> 9090$/m);
    expect(changed.stdout).toMatch(/^ {4}~ auth\.password += .*\*{8}.*$/m);
    expect(changed.stdout).toMatch(/Plan: 1 resource to update\.\nApplied: 1 resource updated\.\n$/);

    const history = await run("blueprint", "list");
    expect(history.stdout).toMatch(
      /^ID +NAME +BY +OUTCOME +TIMES +LAST +MESSAGE\n\d+ +shop\.yaml +CLI +applied +1 .*\n\d+ +release 7 +CLI +applied +1 /,
    );
    const id = /^(\d+) +release 7/m.exec(history.stdout)?.[1] ?? "";
    const shown = await run("blueprint", "show", id);
    expect(shown).toMatchObject({ code: 0, stderr: "" });
    expect(shown.stdout).toMatch(/^NAME +release 7$/m);
    expect(shown.stdout).toMatch(/\n\npublic-resources:\n {2}shop:\n/);
    for (const { stdout } of [planned, applied, changed, shown]) expect(stdout).not.toMatch(/hunter2|correct-horse/);
  });

  it("what the server refuses changes nothing", async () => {
    writeFileSync(
      join(cwd, "elsewhere.yaml"),
      "private-resources:\n  a: { name: A, mode: host, destination: 10.0.0.1, site: nowhere }\n",
    );
    expect(await run("blueprint", "apply", "elsewhere.yaml")).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(/^FB1008: .*answered 400; .*nowhere/),
    });
  });
});
