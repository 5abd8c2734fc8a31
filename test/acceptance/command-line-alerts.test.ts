import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newtHeaders, newtPaths } from "../../src/protocol/newt/index.js";
import { realWorld } from "../../src/world/real/index.js";
import { Receiver } from "../control-plane/receiver.js";
import { firstboot, type Outcome, scratch, up } from "./command.js";

describe("alerts and webhooks on the command line", { timeout: 60_000 }, () => {
  const cwd = scratch();
  let plane: Awaited<ReturnType<typeof up>>;
  let world: ReturnType<typeof realWorld>;
  beforeAll(async () => {
    plane = await up(cwd);
    world = realWorld({ ca: readFileSync(plane.facts.ca, "utf8") });
  });
  afterAll(async () => {
    world.process.kill();
    await plane.stop();
  });

  /** Runs a command beside the plane that must succeed. */
  async function done(...args: string[]): Promise<Outcome> {
    const outcome = await firstboot(args, { cwd });
    expect(outcome).toMatchObject({ code: 0 });
    return outcome;
  }
  /** What it prints with --json; nothing else may be said. */
  async function json(...args: string[]) {
    const { stdout, stderr } = await done(...args, "--json");
    expect({ stderr, lines: stdout.split("\n").length }).toEqual({ stderr: "", lines: 2 });
    return JSON.parse(stdout);
  }

  it("a webhook is made with its secret shown once, tested and told, and an alert is listed and ended", async () => {
    const receiver = await Receiver.start(world);
    const { stdout, stderr } = await done("webhooks", "create", "--url", receiver.url, "--kind", "key.strangers");
    expect(stdout).toMatch(/^whsec_\S+\n$/);
    expect(stderr).toMatch(/^Webhook wh_\w+ for alerts of default: key\.strangers\..* it is not shown again\.\n$/);
    const secret = stdout.trim();
    const [webhook] = await json("webhooks", "list");
    expect(webhook).toMatchObject({ url: receiver.url, kinds: ["key.strangers"] });
    expect(JSON.stringify(webhook)).not.toContain(secret);
    const { webhookId } = webhook;
    expect((await done("webhooks", "test", webhookId)).stdout).toMatch(/^msg_\w+\n$/);

    const key = (await done("keys", "create", "--name", "gone")).stdout.trim();
    const [keyId = ""] = key.split(".");
    await done("keys", "revoke", keyId);
    const url = `${plane.facts.url}${newtPaths.register}`;
    const body = JSON.stringify({ provisioningKey: key, name: "late" });
    await world.network.request({ method: "POST", url, headers: newtHeaders, body, timeoutMs: 5_000 });
    await expect
      .poll(() => receiver.events(secret), { timeout: 10_000 })
      .toMatchObject([{ type: "webhook.test" }, { type: "alert.opened", data: { subject: keyId } }]);

    const [alert] = await json("alerts", "list", "--open");
    expect(alert).toMatchObject({ kind: "key.strangers", subject: keyId, count: 1 });
    expect((await done("alerts", "list", "--kind", "key.strangers")).stdout).toMatch(
      /^ID +KIND +ABOUT +SINCE +TIMES +ENDED +MESSAGE\n\d+ +key\.strangers +spk-\w+ /,
    );
    expect((await done("alerts", "end", String(alert.alertId))).stdout).toBe(`ended ${alert.alertId}\n`);
    expect([await json("alerts", "list", "--open"), (await json("alerts", "list", "--no-open")).length]).toEqual([
      [],
      1,
    ]);
    await expect.poll(() => receiver.events(secret).length, { timeout: 10_000 }).toBe(3);
    await expect
      .poll(async () => (await done("webhooks", "deliveries", webhookId)).stdout.match(/ delivered /g)?.length, {
        timeout: 20_000,
      })
      .toBe(3);

    expect((await done("webhooks", "delete", webhookId)).stdout).toBe(`deleted ${webhookId}\n`);
    expect(await firstboot(["webhooks", "test", webhookId], { cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^FB1008: .* was answered 404; /),
    });
  });

  it.each([
    [["alerts", "list", "--kind", "nonsense"], /^FB1001: .*Allowed choices are site\.pending/],
    [["alerts", "end", "first"], /^FB1001: that is not the id of an alert; /],
    [["webhooks", "create"], /^FB1001: required option '--url <url>'/],
    [
      ["webhooks", "create", "--url", "https://a.example.com/", "--kind", "x"],
      /^FB1001: --kind is "x"; it takes one of /,
    ],
    [["webhooks", "create", "--url", "http://a.example.com/"], /^FB1008: .*must be https/],
    [["webhooks", "delete", "whsec_abc"], /^FB1001: that is not the id of a webhook; /],
  ])("%j is refused with a word", async (args, stderr) => {
    expect(await firstboot(args, { cwd })).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(stderr),
    });
  });
});
