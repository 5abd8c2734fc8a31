import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newtHeaders, newtPaths } from "../../src/protocol/newt/index.js";
import { realWorld } from "../../src/world/real/index.js";
import { firstboot, type Outcome, type RunOptions, scratch, up } from "./command.js";

describe("keys, codes, sites, devices, organisations and API keys on the command line", { timeout: 60_000 }, () => {
  const cwd = scratch();
  let plane: Awaited<ReturnType<typeof up>>;
  let network: ReturnType<typeof realWorld>["network"];
  beforeAll(async () => {
    plane = await up(cwd);
    ({ network } = realWorld({ ca: readFileSync(plane.facts.ca, "utf8") }));
  });
  afterAll(() => plane.stop());

  /** Runs a command beside the plane that must succeed. */
  async function done(args: readonly string[], options: Partial<RunOptions> = {}): Promise<Outcome> {
    const outcome = await firstboot(args, { cwd, ...options });
    expect(outcome).toMatchObject({ code: 0 });
    return outcome;
  }
  /** What it prints with --json; nothing else may be said. */
  async function json(...args: string[]) {
    const { stdout, stderr } = await done([...args, "--json"]);
    expect({ stderr, lines: stdout.split("\n").length }).toEqual({ stderr: "", lines: 2 });
    return JSON.parse(stdout);
  }
  /** A command that the server refuses. */
  async function refused(status: number, ...args: string[]): Promise<void> {
    expect(await firstboot(args, { cwd })).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(new RegExp(`^FB1008: [^\\n]* was answered ${status}; [^\\n]+\\n$`)),
    });
  }
  /** A site's exchange of a key. */
  async function exchange(provisioningKey: string, name: string) {
    const url = `${plane.facts.url}${newtPaths.register}`;
    const body = JSON.stringify({ provisioningKey, name });
    const { status } = await network.request({ method: "POST", url, headers: newtHeaders, body, timeoutMs: 5_000 });
    return status;
  }
  const key = async (...flags: string[]) => (await done(["keys", "create", ...flags])).stdout.trim();
  const idOf = (text: string) => text.split(".")[0] ?? "";

  it("a key has all its limits from flags, shows its uses, and changes in place", async () => {
    const flags = "--max-usage 2 --expires-in 7d --no-approve --reclaim-after 15m --site-ttl-offline 1h";
    const more = "--source-cidr 127.0.0.1/8 --name-pattern edge-* --label rack-4 --label north,rack-4";
    const { stdout, stderr } = await done([
      "keys",
      "create",
      "--name",
      "acme",
      ...flags.split(" "),
      ...more.split(" "),
    ]);
    expect(stdout).toMatch(/^spk-[a-z0-9]{15}\.[a-z2-7]{40}\n$/);
    expect(stderr).toMatch(
      /^Key "acme", good for 2 exchanges, expires .* \(in 7 days\).* Keep it: it is not shown again\.\n$/,
    );
    const id = idOf(stdout);
    expect(await exchange(stdout.trim(), "edge-1")).toBe(201);
    expect(await exchange(stdout.trim(), "other")).not.toBe(201);
    expect(await json("keys", "show", id)).toMatchObject({
      maxBatchSize: 2,
      numUsed: 1,
      approveNewSites: false,
      reclaimAfter: 900,
      siteTtlOffline: 3_600,
      sourceCidrs: ["127.0.0.0/8"],
      namePattern: "edge-*",
      labels: ["north", "rack-4"],
    });
    expect((await done(["keys", "list"])).stdout).toMatch(/acme +active +1 of 2 +in 7 days +(now|.* ago)\n/);
    const lifted = await done([
      "keys",
      "update",
      id,
      "--max-usage",
      "unlimited",
      "--never",
      "--approve",
      "--label",
      "",
    ]);
    expect(lifted.stdout).toMatch(/^USES +1, unlimited$/m);
    const none = ["--source-cidr", "", "--name-pattern", "", "--reclaim-after", "never", "--site-ttl-offline", "never"];
    const { siteProvisioningKeyId, createdAt, lastUsed, ...item } = await json("keys", "update", id, ...none);
    expect(item).toEqual({
      orgId: "default",
      name: "acme",
      lastChars: stdout.trim().slice(-4),
      maxBatchSize: null,
      numUsed: 1,
      validUntil: null,
      approveNewSites: true,
      state: "active",
    });
    expect([siteProvisioningKeyId, createdAt, lastUsed]).toEqual([id, expect.any(String), expect.any(String)]);
    expect((await json("keys", "update", id, "--expires-at", "2099-01-01T00:00:00+02:00")).validUntil).toBe(
      "2098-12-31T22:00:00.000Z",
    );
  });

  it("a revoked key lets nobody in; deleting one keeps its sites, or does not", async () => {
    const [kept, gone] = [await key("--name", "kept"), await key("--name", "gone")];
    expect([await exchange(kept, "stays"), await exchange(gone, "goes")]).toEqual([201, 201]);
    expect((await done(["keys", "revoke", idOf(kept)])).stdout).toBe(`revoked ${idOf(kept)}\n`);
    expect(await exchange(kept, "late")).toBe(401);
    expect((await json("keys", "show", idOf(kept))).state).toBe("revoked");
    expect((await done(["keys", "delete", idOf(kept)])).stdout).toBe(`deleted ${idOf(kept)}\n`);
    expect(await json("keys", "delete", idOf(gone), "--sites", "delete")).toEqual({ deleted: idOf(gone) });
    expect((await json("sites", "list", "--query", "stays")).length).toBe(1);
    expect(await json("sites", "list", "--query", "goes")).toEqual([]);
    await refused(404, "keys", "show", idOf(gone));
    await refused(404, "keys", "delete", idOf(gone));
  });

  it("a key of one's own comes from a file or standard input, and is not printed", async () => {
    const own = (letter: string) => `spk-${letter.repeat(15)}.${"b".repeat(40)}`;
    writeFileSync(join(cwd, "own.key"), `${own("a")}\n`);
    const byFile = await done(["keys", "create", "--name", "own", "--key-file", "own.key"]);
    const byInput = await done(["keys", "create", "--name", "own", "--key-stdin", "--json"], { input: own("c") });
    expect(byFile.stdout).toBe(`${idOf(own("a"))}\n`);
    expect(`${byFile.stderr}${byInput.stdout}`).not.toContain("b".repeat(40));
    expect([await exchange(own("a"), "one"), await exchange(own("c"), "two")]).toEqual([201, 201]);
    await refused(409, "keys", "create", "--name", "again", "--key-file", "own.key");
    const secret = "not-a-key-but-secret";
    const wrong = await firstboot(["keys", "create", "--name", "own", "--key-stdin"], { cwd, input: secret });
    expect(wrong).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(/^FB1001: standard input /) });
    expect(wrong.stderr).not.toContain(secret);
  });

  it("codes go to a file of their owner's alone, and one or all are revoked", async () => {
    const create = ["codes", "create", "--name", "boards", "--quantity", "3", "--ttl", "24h", "--label", "hall"];
    const { stdout, stderr } = await done([...create, "--reclaim-after", "15m", "--out", "codes.txt"]);
    expect([stdout, stderr]).toEqual(["", expect.stringMatching(/^3 codes "boards", codes-.* codes\.txt: /)]);
    const codes = readFileSync(join(cwd, "codes.txt"), "utf8").trim().split("\n");
    expect(codes).toEqual([1, 2, 3].map(() => expect.stringMatching(/^PROV-[A-Z2-9]{4}-[A-Z2-9]{4}$/)));
    expect((statSync(join(cwd, "codes.txt")).mode & 0o777).toString(8)).toBe("600");
    const again = await firstboot([...create, "--out", "codes.txt"], { cwd });
    expect(again).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(/^FB1002: .* it exists/) });
    const [batch, ...others] = await json("codes", "list");
    expect(others).toEqual([]);
    expect(batch).toMatchObject({ quantity: 3, numUsed: 0, state: "active", reclaimAfter: 900, labels: ["hall"] });
    const id = batch.provisioningCodeId;
    expect(await json("codes", "revoke", id, "--code", codes[0]?.toLowerCase() ?? "")).toMatchObject({ numRevoked: 1 });
    expect((await done(["codes", "list"])).stdout).toMatch(/boards +active +0 of 3 +1 +in 24 hours +never +hall\n/);
    expect((await json("codes", "revoke", id)).state).toBe("revoked");
    expect((await done(["codes", "delete", id])).stdout).toBe(`deleted ${id}\n`);
    await refused(404, "codes", "delete", id);
  });

  it("sites are found, decided on, renamed and given new secrets by any of their names", async () => {
    const pending = await key("--name", "sites", "--no-approve", "--label", "hall-9");
    for (const name of ["SN1", "SN2", "SN3", "twin", "twin"]) expect(await exchange(pending, name)).toBe(201);
    const sites = await json("sites", "list", "--status", "pending", "--label", "hall-9", "--no-online");
    const [one, two, three] = sites;
    expect(sites).toHaveLength(5);
    const approved = await done(["sites", "approve", one.niceId, String(two.siteId), "SN1"]);
    expect(approved.stdout).toBe(`approved SN1 (${one.niceId})\napproved SN2 (${two.niceId})\n`);
    expect(await json("sites", "reject", three.niceId)).toEqual([
      { siteId: three.siteId, niceId: three.niceId, name: "SN3", rejected: true },
    ]);
    for (const [wanted, reason] of [
      ["SN3", /no site is called "SN3"/],
      ["twin", /2 sites are called "twin"/],
    ] as const) {
      const outcome = await firstboot(["sites", "delete", "SN1", wanted], { cwd });
      expect(outcome).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(reason) });
    }
    await refused(400, "sites", "reject", "SN1");
    await done(["sites", "rename", "SN1", "--name", "Shop 12", "--nice-id", "shop-12"]);
    expect((await done(["sites", "show", "Shop 12"])).stdout).toMatch(/^SITE +shop-12$/m);
    await refused(409, "sites", "rename", "SN2", "--nice-id", "shop-12");
    expect(await json("sites", "rekey", "shop-12")).toEqual({ newtId: one.newtId, secret: expect.any(String) });
    expect((await done(["sites", "delete", "shop-12", "SN2"])).stdout).toBe(
      `deleted Shop 12 (shop-12)\ndeleted SN2 (${two.niceId})\n`,
    );
    expect((await done(["sites", "reject", "--all"])).stdout.match(/^rejected twin/gm)).toHaveLength(2);
    const created = await done(["sites", "create", "--name", "made"]);
    expect(created.stdout).toMatch(/^SITE +\S+\nNEWT ID +[a-z0-9]{15}\nSECRET +\S+\n$/);
    expect(created.stderr).toMatch(/not shown again/);
  });

  it("a device's credentials are made beforehand, and say when they expire", async () => {
    const made = await json("devices", "create", "--name", "gate-7", "--expires-in", "90d", "--label", "gates");
    expect(made).toEqual({
      device_id: expect.any(String),
      api_key: expect.any(String),
      expires_at: expect.any(String),
    });
    expect((await done(["devices", "list"])).stdout).toMatch(/gate-7 +no +in 90 days +never\n/);
    const { deviceId, labels } = await json("devices", "show", made.device_id);
    expect([deviceId, labels]).toEqual([made.device_id, ["gates"]]);
    await refused(409, "devices", "command", deviceId, "health_check", "--payload", '{"deep":true}');
    await done(["devices", "delete", deviceId]);
    await refused(404, "devices", "show", deviceId);
  });

  it("an organisation sees nothing of another, and its API key does what its scopes allow", async () => {
    await json("orgs", "create", "acme", "--name", "Acme Ltd", "--max-sites", "5");
    await refused(409, "orgs", "create", "acme");
    expect((await done(["orgs", "capacity", "acme"])).stdout).toMatch(/^SITES +0 of 5$/m);
    expect((await json("orgs", "update", "acme", "--max-sites", "unlimited")).maxSites).toBe(null);
    expect((await done(["orgs", "list"])).stdout).toMatch(/^acme +Acme Ltd +unlimited /m);
    const apiKey = (
      await done([
        "api-keys",
        "create",
        "--org",
        "acme",
        "--name",
        "ci",
        "--scope",
        "keys:write",
        "--scope",
        "sites:read",
      ])
    ).stdout.trim();
    const [listed] = await json("api-keys", "list", "--org", "acme");
    expect(listed).toMatchObject({ name: "ci", scopes: ["keys:write", "sites:read"], lastChars: apiKey.slice(-4) });

    const { url, ca } = plane.facts;
    const env = { FIRSTBOOT_TARGET: url, FIRSTBOOT_CA: ca, FIRSTBOOT_API_KEY: apiKey, FIRSTBOOT_ORG: "acme" };
    const asAcme = (...args: string[]) => firstboot(args, { cwd: scratch(), env });
    await done(["keys", "create", "--name", "hers"], { cwd: scratch(), env });
    expect((await asAcme("keys", "list")).stdout.match(/\n/g)).toHaveLength(2);
    expect((await asAcme("keys", "list", "--org", "default")).stderr).toMatch(/^FB1008: .* answered 403; /);
    expect((await asAcme("codes", "list")).stderr).toMatch(/^FB1008: .* answered 403; .*use an API key that may/);

    await done(["api-keys", "delete", "--org", "acme", listed.apiKeyId]);
    expect((await asAcme("keys", "list")).stderr).toMatch(/^FB1008: .* answered 401; .*check the API key/);
    expect((await done(["orgs", "delete", "acme"])).stdout).toBe("deleted acme\n");
    await refused(404, "keys", "list", "--org", "acme");
  });

  it("what was decided is listed, newest first, and about one key if asked", async () => {
    const spent = await key("--name", "spent", "--max-usage", "1");
    expect([await exchange(spent, "first"), await exchange(spent, "second")]).toEqual([201, 401]);
    const decisions = await json("audit", "list", "--key-id", idOf(spent));
    expect(decisions.length).toBeGreaterThanOrEqual(2);
    expect(new Set(decisions.map(({ keyId }: { keyId: string }) => keyId))).toEqual(new Set([idOf(spent)]));
    const [newest, ...older] = await json("audit", "list", "--limit", "2");
    expect([newest.auditId > older[0].auditId, older.length]).toEqual([true, 1]);
    expect((await done(["audit", "list"])).stdout).toMatch(/^AT +ACTION +RESULT +KEY +ABOUT +FROM\n/);
  });
});
