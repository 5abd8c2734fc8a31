// Sites and their control plane in one virtual world. Arguments: sites, seconds of virtual time in which they boot, hours
// for which they are held. Prints one line of JSON. As published code, since what runs sources on the fly slows them down.
import { NewtSite } from "firstboot";
import { linkProfiles, startVirtualControlPlane, VirtualWorld } from "firstboot/testing";

const [sites, arrivalsS, hours] = process.argv.slice(2).map(Number);

// What is measured is the compiled code, not the compiler.
await measure(Math.min(sites, 2_000), arrivalsS / 5, 0);
process.stdout.write(`${JSON.stringify(await measure(sites, arrivalsS, hours))}\n`);

async function measure(sites, arrivalsS, hours) {
  const virtual = new VirtualWorld({ seed: 1 });
  const realTime = () => virtual.outside(() => performance.now());
  return virtual.run(async () => {
    const plane = await startVirtualControlPlane(virtual);
    const key = await plane.client.createKey(plane.org, { name: "bench", maxBatchSize: sites });
    const config = JSON.stringify({ endpoint: plane.url, provisioningKey: key.siteProvisioningKey });
    const start = realTime();
    await allOnline(virtual, { config, sites, arrivalsS });
    const enrolled = realTime();
    const before = virtual.events;
    await plane.operator.clock.sleep(hours * 3_600_000);
    const measured = { enrolMs: enrolled - start, heldMs: realTime() - enrolled, events: virtual.events - before };
    plane.close();
    return measured;
  });
}

/** Boots every site at a moment of its own; resolves when the last has its channel. */
function allOnline(virtual, { config, sites, arrivalsS }) {
  const random = virtual.random.fork("arrivals");
  let online = 0;
  return new Promise((resolve) => {
    const onEvent = ({ type }) => {
      if (type === "connected" && ++online === sites) resolve();
    };
    for (let index = 0; index < sites; index++) {
      const host = virtual.host(`site-${index}`, linkProfiles.broadband);
      host.disk.put("newt.json", config, 0o600);
      virtual.after(random.float() * arrivalsS * 1_000, () => {
        void new NewtSite(host.boot(), { configFile: "newt.json", onEvent }).run();
      });
    }
  });
}
