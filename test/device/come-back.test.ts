import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { edgeflowField, hardened, newt, type Persona } from "../../src/device/persona.js";
import { closeCodes, comeBackMs, comeBackReason } from "../../src/protocol/come-back.js";
import { ManualClock } from "./support/clock.js";
import { box, closeAll, live, serve } from "./support/life.js";
import type { NewtScript } from "./support/newt.js";

afterEach(closeAll);

const { restarting } = closeCodes;

test("what a close frame asks for is read as it was written, and nothing else is", () => {
  fc.assert(
    fc.property(fc.nat({ max: 999_999 }), fc.string(), (seconds, why) => {
      expect(comeBackMs(restarting, comeBackReason(why, seconds))).toBe(seconds * 1_000);
      expect(comeBackMs(1000, comeBackReason(why, seconds))).toBeUndefined();
      expect(comeBackMs(restarting, why)).toBeUndefined();
    }),
  );
});

/** A site's life on a server that closes its first channel, after the site has been steady for `heldMs`. */
async function closedAfter(heldMs: number, { reason, persona }: { reason: string; persona: Persona }) {
  const server = await serve();
  const clock = new ManualClock();
  const disk = box();
  disk.write("newt.json", { endpoint: server.url, id: "abcdefghij12345", secret: "s3cr3t" });
  const { diary, site } = live(disk.boot({ clock }), { persona: { ...persona, readDeadlineMs: undefined } });
  await diary.happened("connected");
  clock.advance(heldMs);
  server.channels[0]?.close(restarting, reason);
  await diary.happened("disconnected");
  return { server, diary, site };
}

const steadily = { ...hardened, reconnect: { ...hardened.reconnect, jitter: 0 } };

test.each([
  ["steady", 60_000, 17_000 + steadily.reconnect.afterLossMs],
  ["young", 1_000, 17_000 + (steadily.reconnect.delaysMs[0] ?? 0)],
] as const)("a hardened device whose channel was %s comes back when the server asks it to", async (_, heldMs, wait) => {
  const { diary, site } = await closedAfter(heldMs, { reason: "restarting; retry after 17 s", persona: steadily });
  expect(await diary.happened("waiting")).toMatchObject({ step: "connect", ms: wait });
  await site.stop();
});

test("newt as shipped does not read it, and is back at once", async () => {
  const { server, diary, site } = await closedAfter(60_000, { reason: "restarting; retry after 17 s", persona: newt });
  await diary.happened("connected", 2);
  expect(server.channels).toHaveLength(2);
  expect(diary.all("waiting")).toEqual([]);
  await site.stop();
});

test("neither do EdgeFlow devices in the field", () => {
  expect(edgeflowField.reconnect.heedsRetryAfter).toBe(false);
});

test("a refused channel's Retry-After is heeded", async () => {
  const refusing: NewtScript = { upgrade: () => 503, refusal: { "retry-after": "9" } };
  const server = await serve(refusing);
  const disk = box();
  disk.write("newt.json", { endpoint: server.url, id: "abcdefghij12345", secret: "s3cr3t" });
  const { diary, site } = live(disk.boot({ clock: new ManualClock() }), { persona: steadily });
  expect(await diary.happened("waiting")).toMatchObject({ step: "connect", ms: 10_000 });
  await site.stop();
});
