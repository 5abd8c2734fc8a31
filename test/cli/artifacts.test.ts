import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { armor, Encrypter, generateIdentity, identityToRecipient } from "age-encryption";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type OpenOptions, openArtifacts } from "../../src/cli/artifacts/open.js";
import { FirstbootError } from "../../src/error.js";
import { type Artifact, secretMarker } from "../../src/provisioning/artifact.js";

const identity = await generateIdentity();
const identityFile = `# created: today\n# public key: none of your business\n\n${identity}\r\n`;
const recipient = await identityToRecipient(identity);
const key = "spk-abcdefghijklmno.abcdefghijklmnopqrstuvwxyz234567abcdefgh";
const codes = Array.from({ length: 12 }, (_, index) => `PROV-AAAA-${1000 + index}`);

let parent = "";
let out = "";
let umask = 0o022;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "firstboot-artifacts-"));
  out = join(parent, "out");
  umask = process.umask(0o022);
});
afterEach(() => {
  process.umask(umask);
  rmSync(parent, { recursive: true });
});

async function seal(text: string): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return armor.encode(await encrypter.encrypt(text));
}

const newt = (more: Partial<Artifact>): Artifact => ({
  path: "acme/newt.json",
  mode: "0600",
  template: `{"provisioningKey":"${secretMarker}"}`,
  ...more,
});
const blueprint: Artifact = { path: "acme/bootstrap.yaml", mode: "0644", template: "sites: {} # $& {{env.X}} ü\n" };
const bundle = (...files: unknown[]) => ({ firstbootArtifacts: 1, files });

/** What `terraform output -json` prints for some outputs, types beside values. */
function outputs(values: Record<string, unknown>): string {
  const type = ["object", { firstbootArtifacts: "number", files: ["tuple", []] }];
  const entry = ([name, value]: [string, unknown]) => [name, { sensitive: false, type, value }];
  return JSON.stringify(Object.fromEntries(Object.entries(values).map(entry)));
}

const text = (path: string) => readFileSync(join(out, path), "utf8");
const modeOf = (path: string) => (lstatSync(join(out, path)).mode & 0o7777).toString(8);

async function refusal(options: Partial<OpenOptions> & { json: string }): Promise<FirstbootError> {
  const error = await openArtifacts({ out, ...options }).catch((reason: unknown) => reason);
  if (!(error instanceof FirstbootError)) throw new Error("it was opened");
  for (const secret of [key, ...codes, identity])
    expect(JSON.stringify([error.line, error.stack])).not.toContain(secret);
  return error;
}

test("every bundle of a Terraform output is opened, each secret in its place", async () => {
  const boards = {
    path: "edgeflow/{n}.env",
    mode: "0600",
    template: `CODE=${secretMarker}\n`,
    sealed: await seal(codes.join("\n")),
  };
  const json = outputs({
    other: "nothing of ours",
    acme: bundle(newt({ sealed: await seal(key) }), blueprint),
    boards: bundle(boards),
  });
  const written = await openArtifacts({ json, identity: identityFile, out });

  expect(written).toHaveLength(2 + codes.length);
  expect(text("acme/newt.json")).toBe(`{"provisioningKey":"${key}"}`);
  expect(text("acme/bootstrap.yaml")).toBe(blueprint.template);
  expect(readdirSync(join(out, "edgeflow")).map((name) => text(`edgeflow/${name}`))).toEqual(
    codes.map((code) => `CODE=${code}\n`),
  );
  expect(readdirSync(join(out, "edgeflow"))[0]).toBe("001.env");
});

test.each([0o000, 0o077])("modes are as declared with the umask %o, and 0600 for every secret", async (mask) => {
  process.umask(mask);
  await openArtifacts({ json: JSON.stringify(bundle(newt({ secret: key, mode: "0644" }), blueprint)), out });
  expect(["acme/newt.json", "acme/bootstrap.yaml", "acme", "."].map(modeOf)).toEqual(["600", "644", "700", "700"]);
});

test("secrets in the clear need no identity", async () => {
  await openArtifacts({ json: outputs({ all: bundle(newt({ secret: key })) }), out });
  expect(text("acme/newt.json")).toContain(key);
});

test("one ciphertext may serve several files", async () => {
  const sealed = await seal(`${key}\n`);
  const json = JSON.stringify(bundle(newt({ sealed }), newt({ sealed, path: "acme/again.json" })));
  await openArtifacts({ json, identity, out });
  expect(text("acme/again.json")).toBe(text("acme/newt.json"));
});

const sealedKey = JSON.stringify(bundle(blueprint, newt({ sealed: await seal(key) })));
const unsuitable: readonly (readonly [string, Partial<OpenOptions> & { json: string }, RegExp])[] = [
  ["text that is not JSON", { json: `{"secret":"${key}"` }, /the input is not JSON/],
  ["outputs without artefacts", { json: outputs({ a: key }) }, /no artefacts in the input/],
  [
    "a bundle of a later format",
    { json: JSON.stringify({ firstbootArtifacts: 2, files: [] }) },
    /wrong at firstbootArtifacts/,
  ],
  [
    "a file that does not fit",
    { json: JSON.stringify(bundle(newt({ secret: key, mode: "rw" }))) },
    /wrong at files\.0\.mode/,
  ],
  ["sealed secrets without an identity", { json: sealedKey }, /no identity was given; .*--identity/],
  ["another's identity", { json: sealedKey, identity: await generateIdentity() }, /sealed to another recipient/],
  [
    "an identity file that is none",
    { json: sealedKey, identity: `${identity.slice(0, -3)}\n` },
    /not one of age identities/,
  ],
  ["an empty identity file", { json: sealedKey, identity: "# nothing\n" }, /it holds none/],
  [
    "a ciphertext that is none",
    { json: JSON.stringify(bundle(newt({ sealed: key }))), identity },
    /no armoured age file/,
  ],
  ["a place without a secret", { json: JSON.stringify(bundle(blueprint, newt({}))) }, /none came with it/],
  [
    "several secrets for one file",
    { json: JSON.stringify(bundle(newt({ secret: codes.join("\n") }))) },
    /12 secrets for one/,
  ],
];

test.each(unsuitable)("%s: refused before anything is written", async (_, options, message) => {
  const error = await refusal(options);
  expect(error.code).toBe("FB1007");
  expect(error.message).toMatch(message);
  expect(readdirSync(parent)).toEqual([]);
});

test.each([
  "../outside",
  "acme/../../outside",
  "/etc/outside",
  "acme\\..\\outside",
  "acme/./x",
  "acme//newt.json",
  "acme/",
  "acme/\u0000",
  "",
])("a path such as %j is refused and nothing is written", async (path) => {
  const error = await refusal({ json: JSON.stringify(bundle(blueprint, newt({ secret: key, path }))) });
  expect(error.code).toBe("FB1007");
  expect(readdirSync(parent)).toEqual([]);
});

test.each([
  ["the same path", "acme/newt.json", /two artefacts have it/],
  ["a path below a file", "acme/newt.json/x", /"acme\/newt.json" is a file too/],
])("two artefacts at %s are refused and nothing is written", async (_, path, message) => {
  const json = outputs({ a: bundle(newt({ secret: key })), b: bundle(newt({ secret: key, path })) });
  expect((await refusal({ json })).message).toMatch(message);
  expect(readdirSync(parent)).toEqual([]);
});

const plain = JSON.stringify(bundle(newt({ secret: key }), { ...blueprint, path: "globex/bootstrap.yaml" }));

test("a file that exists is not replaced, and what was written before it is taken back", async () => {
  mkdirSync(join(out, "globex"), { recursive: true });
  writeFileSync(join(out, "globex/bootstrap.yaml"), "mine");
  const error = await refusal({ json: plain });
  expect(error.line).toMatch(/^FB1002: .*globex\/bootstrap.yaml cannot be written; it exists/);
  expect(text("globex/bootstrap.yaml")).toBe("mine");
  expect(readdirSync(out)).toEqual(["globex"]);
});

test("symbolic links below the directory are not followed", async () => {
  const elsewhere = join(parent, "elsewhere");
  mkdirSync(elsewhere);
  mkdirSync(out);
  symlinkSync(elsewhere, join(out, "globex"));
  expect((await refusal({ json: plain })).line).toMatch(/^FB1002: .*globex cannot be written; it is not a directory/);
  symlinkSync(join(elsewhere, "target"), join(out, "newt.json"));
  const error = await refusal({ json: JSON.stringify(bundle(newt({ secret: key, path: "newt.json" }))) });
  expect(error.line).toMatch(/^FB1002: .*newt.json cannot be written; it exists/);
  expect(readdirSync(elsewhere)).toEqual([]);
  expect(readdirSync(out)).toEqual(["globex", "newt.json"]);
});

test("a place that cannot be a directory is one clear error", async () => {
  writeFileSync(out, "a file");
  expect((await refusal({ json: plain })).code).toBe("FB1002");
  expect((await refusal({ json: plain, out: join(out, "below") })).code).toBe("FB1002");
  expect(readFileSync(out, "utf8")).toBe("a file");
});
