import { EdgeFlowDevice, NewtSite } from "../../../src/device/index.js";
import { linkProfiles, startVirtualControlPlane, supervise, VirtualWorld } from "../../../src/testing/index.js";
import { pick } from "../../../src/world/random.js";
import type { SchedulerOptions } from "../../../src/world/virtual/index.js";
import { facts } from "../../device/support/edgeflow.js";

/** What a small fleet has come to. */
export interface Outcome {
  readonly hash: string;
  readonly events: number;
  readonly online: number;
}

/** Sites and boards on links of every kind that enrol while devices and control plane crash, as the seed has it. */
export async function smallFleet(seed: number, options: SchedulerOptions = {}): Promise<Outcome> {
  const virtual = new VirtualWorld({ seed, ...options });
  const random = virtual.random.fork("fleet");
  const online = await virtual.run(async () => {
    const plane = await startVirtualControlPlane(virtual);
    const { client, org, operator, url } = plane;
    const { siteProvisioningKey } = await client.createKey(org, { name: "sites", maxBatchSize: 4 });
    const { codes } = await client.createCodes(org, { name: "boards", quantity: 2 });
    const hosts = [...Array(6).keys()].map((number) => {
      const host = virtual.host(`device ${number}`, pick(random, Object.values(linkProfiles)));
      host.disk.put("newt.json", JSON.stringify({ endpoint: url, provisioningKey: siteProvisioningKey }), 0o600);
      const code = codes[number - 4];
      const env = `EDGEFLOW_SAAS_ENABLED=true\nEDGEFLOW_SAAS_URL=${plane.host.name}\nEDGEFLOW_PROVISIONING_CODE=${code}\n`;
      host.disk.put(".env", env, 0o600);
      supervise(
        virtual,
        host,
        (world) =>
          (code === undefined
            ? new NewtSite(world, { configFile: "newt.json" })
            : new EdgeFlowDevice(world, { envFile: ".env", stateDirectory: "state", facts })
          ).run(),
        { restartAfterMs: () => 100 + 5_000 * random.float() },
      );
      return host;
    });
    for (let crashes = 0; crashes < 20; crashes++) {
      await operator.clock.sleep(1_000 * random.float());
      const victim = pick(random, [plane.host, ...hosts]);
      if (random.float() < 0.5) victim.kill();
      else victim.losePower();
    }
    await operator.clock.sleep(600_000);
    const all = [...(await client.listSites(org)), ...(await client.listDevices(org))];
    plane.close();
    return all.filter((device) => device.online).length;
  });
  return { hash: virtual.hash, events: virtual.events, online };
}
