import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DeviceEvent, NewtSite } from "../../src/device/index.js";
import { startControlPlane, type TestControlPlane } from "../../src/testing/index.js";

const yaml = readFileSync(new URL("../../examples/blueprints/serial-number.yaml", import.meta.url));

type Flag = "blueprintFile" | "provisioningBlueprintFile";
type EventType = "connected" | "blueprint";

/** A site at work. */
interface Booted {
  /** The next event of a type, of those that were not yet asked for. */
  next(type: EventType): Promise<DeviceEvent>;
  powerOff(): void;
}

let plane: TestControlPlane;
beforeAll(async () => {
  plane = await startControlPlane();
  for (const orgId of ["acme", "globex", "bystander"]) await plane.client.createOrg({ orgId, name: orgId });
});
afterAll(() => plane.close());

/** A box with a blueprint and a key for an organisation, in its first life or a later one. */
async function boot(org: string, serial: string, flag: Flag): Promise<Booted> {
  const world = await plane.device(serial, { env: { SERIAL_NUMBER: serial } });
  await world.disk.write("blueprint.yaml", yaml);
  const { siteProvisioningKey } = await plane.client.createKey(org, { name: serial, maxBatchSize: 1 });
  const events: DeviceEvent[] = [];
  let wake = () => {};
  const site = new NewtSite(world, {
    configFile: "newt.json",
    overrides: {
      endpoint: plane.url,
      provisioningKey: siteProvisioningKey,
      name: "{{env.SERIAL_NUMBER}}-edge",
      [flag]: "blueprint.yaml",
    },
    onEvent: (event) => {
      events.push(event);
      wake();
    },
  });
  void site.run();
  return {
    next: async (type) => {
      for (;;) {
        const index = events.findIndex((event) => event.type === type);
        const [found] = index < 0 ? [] : events.splice(index, 1);
        if (found) return found;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    powerOff: () => world.process.kill(),
  };
}

async function onlySite(org: string) {
  const sites = await plane.client.listSites(org);
  expect(sites).toHaveLength(1);
  return sites[0] ?? expect.unreachable();
}

/** The newest row of an organisation's history, whole. */
async function lastApplication(org: string) {
  const [newest] = await plane.client.listBlueprints(org);
  return plane.client.findBlueprint(org, newest?.blueprintId ?? 0);
}

const webResource = (org: string) => plane.client.findResource(org, "public", "secure-resource");
const rename = (org: string, name: string) => plane.client.updateResource(org, "public", "secure-resource", { name });
const rolesOf = async (org: string) => (await plane.client.listRoles(org)).map(({ name }) => name).sort();

it("the example that users were promised is here as they were promised it", () => {
  expect(createHash("sha256").update(yaml).digest("hex")).toBe(
    "0e504f3e56371199b92900d6ec7a2a7e9fdd5b95f2efa4fe1aaee33b758e63f4",
  );
});

describe("the promised example, brought by a site that is named by a template", () => {
  it("makes two resources in its organisation, and says what it took otherwise than it was written", async () => {
    const { client } = plane;
    const box = await boot("acme", "SN4711", "provisioningBlueprintFile");
    expect(await box.next("blueprint")).toMatchObject({ mode: "provisioning", success: true });

    const site = await onlySite("acme");
    expect(site).toMatchObject({ name: "SN4711-edge", online: true });
    const owned = { ownerSite: site.niceId, governedBy: null, overwriteExpected: false, source: "NEWT" };
    expect(await client.listResources("acme")).toMatchObject([
      { kind: "private", niceId: "ssh-resource", name: "SSH Server", mode: "host", sites: [site.niceId], ...owned },
      { kind: "public", niceId: "secure-resource", name: "Web Resource", mode: "http", ...owned },
    ]);
    expect((await client.findResource("acme", "private", "ssh-resource")).document).toMatchObject({
      destination: "localhost",
      "tcp-ports": "22,3389",
      "udp-ports": "*",
      "disable-icmp": false,
      roles: ["Customer1", "DevOps"],
    });
    expect((await webResource("acme")).document).toMatchObject({
      "full-domain": "SN4711.example.com",
      auth: { "sso-enabled": true, "sso-roles": ["Member"] },
    });
    expect(await rolesOf("acme")).toEqual(["Admin", "Customer1", "DevOps", "Member"]);

    const { warnings, contents, ...application } = await lastApplication("acme");
    expect(application).toMatchObject({ siteId: site.siteId, succeeded: true, once: true, applications: 1 });
    expect(contents).toContain("full-domain: SN4711.example.com");
    for (const about of [/SN4711-site/, /user@example\.com/, /sn4711\.example\.com/, /Admin/])
      expect(warnings).toContainEqual(expect.stringMatching(about));
    box.powerOff();
  });

  it("as a provisioning blueprint is applied once: an edit outlives what restarts there are", async () => {
    await rename("acme", "Edited by hand");
    const again = await boot("acme", "SN4711", "provisioningBlueprintFile");
    await again.next("connected");
    await plane.client.restartSite((await onlySite("acme")).siteId);
    await again.next("connected"); // What the first session sent was heard before this one began.
    expect(await webResource("acme")).toMatchObject({ name: "Edited by hand", overwriteExpected: false });
    expect(await lastApplication("acme")).toMatchObject({ once: true, applications: 1 });
    again.powerOff();
  });

  it("as a blueprint file stays the truth: an edit is announced as lost, and is", async () => {
    const { client } = plane;
    await client.createUser("globex", { name: "user", email: "user@example.com" });
    await client.createDomain("globex", { name: "example.com" });
    const box = await boot("globex", "SN4712", "blueprintFile");
    expect(await box.next("blueprint")).toMatchObject({ mode: "declarative", success: true });

    const site = await onlySite("globex");
    expect(site.name).toBe("SN4712-edge");
    expect(await webResource("globex")).toMatchObject({
      document: { "full-domain": "SN4712.example.com" },
      ownerSite: site.niceId,
      governedBy: site.niceId,
    });
    const { warnings } = await lastApplication("globex");
    expect(warnings?.filter((text) => /user@example\.com|sn4712\.example\.com/.test(text))).toEqual([]);

    expect(await rename("globex", "Edited by hand")).toMatchObject({ name: "Edited by hand", overwriteExpected: true });
    expect(await box.next("blueprint")).toMatchObject({ mode: "declarative", success: true });
    expect(await webResource("globex")).toMatchObject({ name: "Web Resource", overwriteExpected: false });
    box.powerOff();
  });

  it("stays in its organisation", async () => {
    expect((await webResource("acme")).document).toMatchObject({ "full-domain": "SN4711.example.com" });
    expect(await plane.client.listResources("bystander")).toEqual([]);
    expect(await rolesOf("bystander")).toEqual(["Admin", "Member"]);
  });
});
