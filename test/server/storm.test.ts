import { expect, test } from "vitest";
import { NewtSite, personas } from "../../src/device/index.js";
import { newtPaths } from "../../src/protocol/newt/index.js";
import { linkProfiles, startVirtualControlPlane, VirtualWorld } from "../../src/testing/index.js";

const fleet = 1_500;
const minute = 60_000;

test("D2.14 a fleet that comes back in one moment is back within a minute, and operators are served meanwhile", {
  timeout: 60_000,
}, async () => {
  // Without delays all of them ask in the same moment.
  const virtual = new VirtualWorld({ seed: 14, link: linkProfiles.none });
  await virtual.run(async () => {
    const plane = await startVirtualControlPlane(virtual, { downtimeMs: 2_000 });
    const { client, operator, org } = plane;
    const { siteProvisioningKey: provisioningKey } = await client.createKey(org, { name: "all", maxBatchSize: null });
    const config = JSON.stringify({ endpoint: plane.url, provisioningKey });
    const refusals: (number | undefined)[] = [];
    let online = 0;
    let whole = (): void => {};
    const isWhole = (): Promise<void> =>
      new Promise((resolve) => {
        whole = resolve;
        if (online === fleet) resolve();
      });

    for (let number = 0; number < fleet; number++) {
      const box = virtual.host(`box-${number}`);
      box.disk.put("newt.json", config);
      const onEvent = ({ type, status }: { type: string; status?: number }): void => {
        if (type === "failed") refusals.push(status);
        if (type === "connected") online++;
        if (type === "disconnected") online--;
        if (online === fleet) whole();
      };
      void new NewtSite(box.boot(), { configFile: "newt.json", persona: personas.newt, onEvent }).run();
      await operator.clock.sleep(1);
    }
    await isWhole();
    refusals.length = 0;

    plane.host.kill();
    while ((await client.listKeys(org).catch(() => [])).length === 0) await operator.clock.sleep(1);
    const up = operator.clock.monotonic();
    const back = isWhole().then(() => operator.clock.monotonic() - up);
    let answered = 0;
    let isBack = false;
    void back.then(() => {
      isBack = true;
    });
    while (!isBack) {
      const asked = operator.clock.monotonic();
      expect(await client.listKeys(org)).toMatchObject([{ numUsed: fleet }]);
      expect(operator.clock.monotonic() - asked).toBeLessThan(1_000);
      answered++;
      await operator.clock.sleep(50);
    }
    expect(await back).toBeLessThan(minute);
    expect(answered).toBeGreaterThan(5);
    // Some were too many, and were told so before they cost anything.
    expect(refusals).toContain(503);

    // Beside so many channels no connection is left open after a token.
    const url = plane.url + newtPaths.getToken;
    const { headers } = await operator.network.request({ method: "POST", url, body: "{}", timeoutMs: 5_000 });
    expect(headers.connection).toBe("close");
    plane.close();
  });
});
