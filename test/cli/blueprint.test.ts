import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { program } from "../../src/cli/program.js";

const examples = new URL("../../examples/blueprints/", import.meta.url).pathname;
const bootstrap = join(examples, "bootstrap.yaml");
const directory = mkdtempSync(join(tmpdir(), "firstboot-blueprint-"));
afterAll(() => rmSync(directory, { recursive: true }));

let stdout = "";
let stderr = "";
beforeEach(() => {
  [stdout, stderr] = ["", ""];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    stdout += text;
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    stderr += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = 0;
});

/** Runs `firstboot blueprint`; what it wrote and how it would end. */
async function blueprint(...args: string[]) {
  [stdout, stderr] = ["", ""];
  process.exitCode = 0;
  await program().parseAsync(["blueprint", ...args], { from: "user" });
  return { code: process.exitCode, stdout, stderr };
}

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

const resource = (more: string): string =>
  `private-resources:\n  a: { name: A, mode: host, destination: 10.0.0.1, ${more} }\n`;

describe("variables of templates", () => {
  test("come from the flag, else from the process; one that is set to nothing is meant to be nothing", async () => {
    vi.stubEnv("NAME_A", "of the process");
    const path = file("names.yaml", resource('labels: ["{{env.NAME_A}}{{env.NAME_B}}."]'));
    const render = async (...env: string[]) => / {6}- (.*)/.exec((await blueprint("render", path, ...env)).stdout)?.[1];
    expect(await render("--env", "NAME_B=b,=c")).toBe("of the processb,=c.");
    expect(await render("--env", "NAME_A=a", "--env", "NAME_B=")).toBe("a.");
    expect(stderr).toBe("");
  });

  test("that nobody has set are each named once, at their first place", async () => {
    const path = file(
      "unset.yaml",
      '# {{env.COMMENT}}\nprivate-resources:\n  "a{{env.FB_A}}": { name: "{{env.FB_A}} {{env.FB_B}} {{env.FB_A}}", mode: cidr, destination: 10.0.0.0/8 }\n',
    );
    const { stdout: told, code } = await blueprint("check", "--json", path);
    expect(code).toBe(0);
    expect(JSON.parse(told).files[0].findings).toEqual([
      {
        level: "warning",
        path: 'private-resources["a{{env.FB_A}}"]',
        line: 3,
        column: 3,
        message: "FB_A is not set and leaves {{env.FB_A}} empty, here and in 2 more places; give --env FB_A=VALUE",
      },
      {
        level: "warning",
        path: 'private-resources["a{{env.FB_A}}"].name',
        line: 3,
        column: 28,
        message: "FB_B is not set and leaves {{env.FB_B}} empty; give --env FB_B=VALUE",
      },
    ]);
  });

  test("that nobody has set keep a document from being applied", async () => {
    const path = file("unset-name.yaml", resource('labels: ["x{{env.FB_A}}"]'));
    await expect(blueprint("apply", path, "--target", "http://127.0.0.1:1")).rejects.toThrow(
      /is not applied; FB_A is not set .*; give --env FB_A=VALUE; an empty VALUE says/,
    );
  });
});

describe("wrong usage", () => {
  test.each<[string[], RegExp]>([
    [["check"], /missing required argument 'files'/],
    [["check", "missing.yaml"], /^cannot read missing\.yaml; it does not exist; /],
    [["check", "-", "-"], /^standard input is named twice; /],
    [["check", "a.yaml", "--env", "SERIAL"], /^--env is "SERIAL"; it takes a name and a value, /],
    [["check", "a.yaml", "--env", "=x"], /^--env is "=x"; /],
    [["show", "latest"], /^that is not the id of a blueprint; /],
    [["plan", bootstrap, "--exitcode"], /unknown option '--exitcode' \(Did you mean --exit-code\?\)/],
    [["from-labels", bootstrap], /holds no labels; give a map or a list of labels, /],
  ])("%j is refused", async (args, said) => {
    await expect(blueprint(...args)).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(said) });
    expect(stdout).toBe("");
  });
});

describe("what stands beside secrets", () => {
  test.each([
    "auth: { password: hunter2, sso-rolls: [] }",
    "auth: { pincode: 1 }",
    'headers: [{ name: Authorization, value: "hunter2", vlaue: x }]',
  ])("is not repeated: %s", async (line) => {
    const path = file(
      "secret.yaml",
      `public-resources:\n  a:\n    name: A\n    mode: rdp\n    full-domain: a.example.com\n    ${line}\n`,
    );
    const { stdout: told } = await blueprint("check", path);
    expect(told).toMatch(/:6:\d+: (error|warning): /);
    expect(told).not.toMatch(/hunter2|\|/);
  });
});

test.each([
  "    auth:\n      password: |\n        x\n       hunter2: y: z\n",
  "    headers:\n    - name: Authorization\n      value: Bearer: hunter2: x\n",
])("a broken line below the key of a secret is not repeated: %j", async (lines) => {
  const path = file("broken-secret.yaml", `public-resources:\n  a:\n    name: A\n${lines}`);
  const { stdout: told, code } = await blueprint("check", path);
  expect(code).toBe(1);
  expect(told).toMatch(/: error: /);
  expect(told).not.toContain("hunter2");
});

describe("other forms of a document", () => {
  test("what render prints is the same document again", async () => {
    const { stdout: json } = await blueprint("render", bootstrap, "--env", "SERIAL_NUMBER=SN1", "--json");
    const { stdout: yaml } = await blueprint("render", bootstrap, "--env", "SERIAL_NUMBER=SN1");
    expect(yaml).toContain("full-domain: SN1.example.com\n");
    expect((await blueprint("render", file("rendered.yaml", yaml), "--json")).stdout).toBe(json);
  });

  test("labels are for a compose file, and lead back to the document", async () => {
    const path = file("labelled.yaml", resource('labels: ["costs $5", "true"], tcp-ports: "22"'));
    const { stdout: compose } = await blueprint("labels", path);
    expect(compose).toMatch(/^labels:\n {2}pangolin\.private-resources\.a\.name: A\n/);
    expect(compose).toContain(".labels[0]: costs $$5\n");
    const wanted = JSON.parse((await blueprint("render", path, "--json")).stdout);
    const docker = file("docker.json", (await blueprint("labels", path, "--json")).stdout);
    const listed = Object.entries<string>(JSON.parse(stdout)).map(([name, value]) => `- ${name}=${value}`);
    for (const labels of [file("compose.yaml", compose), docker, file("listed.yaml", listed.join("\n"))])
      expect(JSON.parse((await blueprint("from-labels", labels, "--json")).stdout)).toEqual(wanted);
    const odd = file("odd.yaml", "pangolin.public-resources.a.__proto__.b: x\nother: y\n");
    expect(await blueprint("from-labels", odd, "--json")).toMatchObject({
      stdout: "{}\n",
      stderr: expect.stringMatching(/^warning: .*__proto__/),
    });
  });

  test("the schema explains its keys", async () => {
    expect(JSON.parse((await blueprint("schema")).stdout)).toMatchObject({
      $schema: expect.stringContaining("json-schema.org"),
      properties: { "public-resources": { description: expect.any(String) } },
    });
  });
});

test("a server that cannot plan, as Pangolin's, has the document applied all the same", async () => {
  const asked: string[] = [];
  let body = "";
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const status = request.method === "POST" ? 404 : 201;
    const envelope = { data: null, success: status === 201, error: status === 404, message: "no such route", status };
    body = "";
    request.setEncoding("utf8").on("data", (text) => {
      body += text;
    });
    request.on("end", () => response.writeHead(status).end(JSON.stringify(envelope)));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  vi.stubEnv("FIRSTBOOT_API_KEY", "id.secret");
  const path = file("plain.yaml", resource("site: brave-otter"));
  try {
    expect(await blueprint("apply", path, "--target", `http://127.0.0.1:${port}`, "--org", "acme")).toEqual({
      code: 0,
      stdout: "Applied.\n",
      stderr: "The server does not say what would change.\n",
    });
    expect(Object.keys(JSON.parse(body))).toEqual(["blueprint"]); // Names and sources are nothing it knows.
    expect(asked).toEqual(["POST /v1/org/acme/blueprint/plan", "PUT /v1/org/acme/blueprint"]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
