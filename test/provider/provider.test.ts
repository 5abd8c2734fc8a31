import { armor, Decrypter, generateIdentity, identityToRecipient } from "age-encryption";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { firstbootProvider } from "../../src/provider/index.js";
import { type ReattachableProvider, serveInProcess } from "../../src/terraform/index.js";
import { hasTerraform, Workspace } from "../terraform/workspace.js";
import { IntegrationServer } from "./integration-server.js";

const day = 86_400_000;
const header = `
terraform {
  required_providers {
    firstboot = { source = "firstboot/firstboot" }
  }
}
`;
const key = (body: string) => `${header}\nresource "firstboot_provisioning_key" "k" {\n${body}\n}\n`;
const code = (body: string) => `${header}\nresource "firstboot_provisioning_code" "c" {\n${body}\n}\n`;

async function unseal(armored: unknown, identity: string): Promise<string> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return decrypter.decrypt(armor.decode(String(armored)), "text");
}

describe.skipIf(!hasTerraform)("the firstboot provider", () => {
  let server: IntegrationServer;
  let provider: ReattachableProvider;
  let workspace: Workspace;

  beforeEach(async () => {
    server = new IntegrationServer();
    provider = await serveInProcess(firstbootProvider("0.0.0"), "firstboot/firstboot");
    workspace = new Workspace({ TF_REATTACH_PROVIDERS: provider.reattach });
    // The provider runs in this process, so this is the environment it falls back to.
    vi.stubEnv("FIRSTBOOT_ENDPOINT", await server.listen());
    vi.stubEnv("FIRSTBOOT_API_KEY", server.apiKey);
    vi.stubEnv("FIRSTBOOT_ORG", "acme");
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await provider.close();
    await server.close();
    workspace.remove();
  });

  const keyState = () => workspace.state("firstboot_provisioning_key.k") ?? {};
  const codeState = () => workspace.state("firstboot_provisioning_code.c") ?? {};
  const firstKey = () => server.key(String(keyState().id));

  describe("provisioning key", () => {
    it("is made with its limits; a plan and a refresh change nothing on the server", async () => {
      workspace.write(key(`name = "berlin"\nmax_usage = 125\nexpires_in = "7d"\napprove_new_sites = false`));
      await workspace.plan();
      expect(server.changes()).toEqual([]);
      await workspace.apply();
      expect(keyState()).toMatchObject({
        org: "acme",
        key: `${firstKey().siteProvisioningKeyId}.${server.secrets[0]}`,
        sealed_key: null,
        last_chars: "wxyz",
        used: 0,
        state: "active",
        expires_at: null,
      });
      expect(firstKey()).toMatchObject({ name: "berlin", maxBatchSize: 125, approveNewSites: false });
      expect(Date.parse(firstKey().validUntil ?? "") - Date.parse(firstKey().createdAt)).toBeCloseTo(7 * day, -4);
      const before = server.changes();
      expect((await workspace.plan()).status).toBe(0);
      await workspace.apply("-refresh-only");
      expect(server.changes()).toEqual(before);
    });

    it("without limits is unlimited, approving and everlasting", async () => {
      workspace.write(key(`name = "k"`));
      await workspace.apply();
      expect(firstKey()).toMatchObject({ maxBatchSize: null, approveNewSites: true, validUntil: null });
    });

    it("is sealed to recipients: no file holds it in the clear, and the ciphertext never changes", async () => {
      const identity = await generateIdentity();
      const recipient = await identityToRecipient(identity);
      workspace.write(key(`name = "k"\nmax_usage = 1\nage_recipients = ["${recipient}"]`));
      await workspace.apply();
      expect(keyState().key).toBeNull();
      const sealed = keyState().sealed_key;
      expect(await unseal(sealed, identity)).toBe(`${keyState().id}.${server.secrets[0]}`);
      workspace.write(key(`name = "k"\nmax_usage = 9\nage_recipients = ["${recipient}"]`));
      await workspace.ok("plan", "-out=saved.plan");
      const plan = await workspace.ok("show", "-json", "saved.plan");
      await workspace.apply("saved.plan");
      expect(keyState()).toMatchObject({ sealed_key: sealed, max_usage: 9 });
      const everything = workspace.contents() + plan;
      expect(server.secrets.filter((secret) => everything.includes(secret))).toEqual([]);
    });

    it("changes its limits, expiry and approval in place", async () => {
      workspace.write(key(`name = "k"\nmax_usage = 1\nexpires_in = "1d"`));
      await workspace.apply();
      const { id } = keyState();
      workspace.write(key(`name = "k"\nmax_usage = 2\nexpires_in = "48h"\napprove_new_sites = false`));
      expect((await workspace.plan()).output).toContain("0 to add, 1 to change, 0 to destroy");
      await workspace.apply();
      expect(firstKey()).toMatchObject({ siteProvisioningKeyId: id, maxBatchSize: 2, approveNewSites: false });
      expect(Date.parse(firstKey().validUntil ?? "") - Date.parse(firstKey().createdAt)).toBe(2 * day);
      workspace.write(key(`name = "k"\nexpires_at = "2040-01-02T03:04:05+01:00"\napprove_new_sites = false`));
      await workspace.apply();
      expect(firstKey()).toMatchObject({ maxBatchSize: null, validUntil: "2040-01-02T03:04:05+01:00" });
      workspace.write(key(`name = "k"\napprove_new_sites = false`));
      await workspace.apply();
      expect(firstKey().validUntil).toBeNull();
      expect((await workspace.plan()).status).toBe(0);
      expect(server.changes().filter((line) => !line.startsWith("PATCH"))).toHaveLength(1);
    });

    it("counts its lifetime by the server's clock", async () => {
      server.ahead = 3 * day;
      workspace.write(key(`name = "k"\nexpires_in = "7d"`));
      await workspace.apply();
      expect(Date.parse(firstKey().validUntil ?? "") - Date.parse(firstKey().createdAt)).toBe(7 * day);
      expect((await workspace.plan()).status).toBe(0);
    });

    it("that could not be finished is remembered and made anew", async () => {
      server.ahead = 3 * day;
      server.failing = { method: "PATCH", status: 503, message: "too busy" };
      workspace.write(key(`name = "k"\nexpires_in = "7d"`));
      expect((await workspace.run("apply", "-auto-approve", "-no-color")).output).toMatch(/Error: .*status 503/);
      expect(workspace.instances("firstboot_provisioning_key.k")).toMatchObject([{ status: "tainted" }]);
      expect(firstKey().name).toBe("k");
      server.failing = undefined;
      await workspace.apply();
      expect(server.keys.size).toBe(1);
      expect((await workspace.plan()).status).toBe(0);
    });

    it("is made anew under another name", async () => {
      workspace.write(key(`name = "old"`));
      await workspace.apply();
      workspace.write(key(`name = "new"`));
      expect((await workspace.plan()).output).toContain("1 to add, 0 to change, 1 to destroy");
      await workspace.apply();
      expect([...server.keys.values()].map(({ name }) => name)).toEqual(["new"]);
    });

    it("plans nothing while and after devices come with it, also when it is used up", async () => {
      workspace.write(key(`name = "k"\nmax_usage = 2`));
      await workspace.apply();
      for (const numUsed of [1, 2]) {
        const lastUsed = new Date().toISOString();
        server.keys.set(firstKey().siteProvisioningKeyId, { ...firstKey(), numUsed, lastUsed });
        expect((await workspace.plan()).status).toBe(0);
      }
      await workspace.apply();
      expect(keyState()).toMatchObject({ used: 2, state: "used_up" });
    });

    it("can be raised while devices come with it", async () => {
      workspace.write(key(`name = "k"\nmax_usage = 2`));
      await workspace.apply();
      workspace.write(key(`name = "k"\nmax_usage = 3`));
      await workspace.ok("plan", "-out=saved.plan");
      server.keys.set(firstKey().siteProvisioningKeyId, { ...firstKey(), numUsed: 2 });
      await workspace.apply("saved.plan");
      expect(keyState()).toMatchObject({ used: 2, state: "active", max_usage: 3 });
    });

    it("is put right after somebody changed it, and made anew after its deletion", async () => {
      workspace.write(key(`name = "k"\nmax_usage = 2\nexpires_in = "1d"`));
      await workspace.apply();
      const { id } = keyState();
      server.keys.set(String(id), { ...firstKey(), maxBatchSize: 99 });
      expect((await workspace.plan()).output).toMatch(/max_usage += 99 -> 2/);
      server.keys.set(String(id), { ...firstKey(), maxBatchSize: 99, validUntil: null });
      const { output } = await workspace.plan();
      expect(output).toMatch(/max_usage += 99 -> 2/);
      expect(output).toMatch(/\+ expires_in += "1d"/);
      await workspace.apply();
      expect(firstKey().maxBatchSize).toBe(2);
      expect(Date.parse(firstKey().validUntil ?? "") - Date.parse(firstKey().createdAt)).toBe(day);
      server.keys.clear();
      expect((await workspace.plan()).output).toContain("1 to add, 0 to change, 0 to destroy");
      await workspace.apply();
      expect(keyState().id).not.toBe(id);
    });

    it.each(["", "acme/"])("is imported by %sID without its secret, and with an empty plan after", async (prefix) => {
      workspace.write(key(`name = "k"\nmax_usage = 2\nexpires_at = "2040-01-01T00:00:00Z"`));
      await workspace.apply();
      const { id } = keyState();
      await workspace.ok("state", "rm", "firstboot_provisioning_key.k");
      await workspace.ok("import", "firstboot_provisioning_key.k", `${prefix}${id}`);
      expect(keyState()).toMatchObject({ id, key: null, sealed_key: null, max_usage: 2 });
      expect((await workspace.plan()).status).toBe(0);
    });

    it("is deleted on destroy, and is no failure if it is gone already", async () => {
      workspace.write(key(`name = "k"`));
      await workspace.apply();
      await workspace.ok("destroy", "-auto-approve");
      expect(server.keys.size).toBe(0);
      await workspace.apply();
      await workspace.ok("plan", "-destroy", "-out=saved.plan");
      server.keys.clear();
      await workspace.apply("saved.plan");
    });
  });

  describe("batch of one-time codes", () => {
    it("is made, is spent without drift, and is made anew when anything changes", async () => {
      workspace.write(code(`name = "c"\nquantity = 3\nttl = "7d"`));
      await workspace.apply();
      expect(codeState()).toMatchObject({ codes: server.secrets, sealed_codes: null, used: 0, state: "active" });
      const { id } = codeState();
      const batch = server.batches.get(String(id));
      if (batch) batch.numUsed = 3;
      expect((await workspace.plan()).status).toBe(0);
      await workspace.apply();
      expect(codeState()).toMatchObject({ id, used: 3, state: "used_up" });
      workspace.write(code(`name = "c"\nquantity = 4\nttl = "7d"`));
      await workspace.apply();
      expect(codeState().id).not.toBe(id);
      expect(server.batches.size).toBe(1);
    });

    it("is sealed as one text, a code a line", async () => {
      const identity = await generateIdentity();
      workspace.write(code(`name = "c"\nquantity = 2\nage_recipients = ["${await identityToRecipient(identity)}"]`));
      await workspace.apply();
      expect(codeState().codes).toBeNull();
      expect((await unseal(codeState().sealed_codes, identity)).split("\n")).toEqual(server.secrets);
      expect(server.secrets.filter((secret) => workspace.contents().includes(secret))).toEqual([]);
    });

    it("is imported, and made anew after its deletion by others", async () => {
      workspace.write(code(`name = "c"`));
      await workspace.apply();
      const { id } = codeState();
      await workspace.ok("state", "rm", "firstboot_provisioning_code.c");
      await workspace.ok("import", "firstboot_provisioning_code.c", `acme/${id}`);
      expect((await workspace.plan()).status).toBe(0);
      server.batches.clear();
      expect((await workspace.plan()).output).toContain("1 to add, 0 to change, 0 to destroy");
    });
  });
});
