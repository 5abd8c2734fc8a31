import { expect, it } from "vitest";
import { hardened, newt } from "../../src/device/index.js";
import { alive, type Wire, wire } from "./support/wire.js";

const second = 1_000;

const credentials = { endpoint: "http://server", id: "abcdefghij12345", secret: "s3cr3t" };

function rewrite(site: Wire, config: object | string): void {
  site.box.disk.put("newt.json", typeof config === "string" ? config : JSON.stringify(config), 0o600);
}
const notices = (site: Wire) => site.diary.all("notice").map(({ message }) => message);
const tokens = (site: Wire) =>
  site.requests.filter(({ path }) => path.endsWith("/get-token")).map(({ body }) => JSON.parse(body).secret);

it("a reload with other credentials begins anew from the file, with a close frame and in the same life", async () => {
  for (const persona of [newt, hardened]) {
    await wire({ persona, answers: alive() }, async (site) => {
      await site.sleep(second);
      rewrite(site, { ...credentials, secret: "an0ther" });
      await site.site.reload();
      await site.sleep(10 * second);
      expect(tokens(site)).toEqual(["s3cr3t", "an0ther"]);
      expect(site.frames.filter(({ type }) => /disconnecting|close/.test(type)).map(({ type }) => type)).toEqual([
        "close 1000",
      ]);
      expect(site.diary.all("stopped")).toEqual([]);
    });
  }
});

it("a reload takes effect while the site waits to come back, too", () =>
  wire({ persona: { ...hardened, heedsRefusal: false }, answers: alive() }, async (site) => {
    site.open = false;
    await site.sleep(20 * second);
    rewrite(site, { ...credentials, secret: "an0ther" });
    site.open = true;
    const before = tokens(site).length;
    await site.site.reload();
    await site.sleep(100);
    expect(tokens(site).slice(before)).toEqual(["an0ther"]);
    expect(site.channels).toHaveLength(1);
  }));

it("a reload that changes nothing of the identity leaves the channel alone, and `blocked` holds at once", () =>
  wire({ answers: alive() }, async (site) => {
    await site.sleep(second);
    await site.site.reload();
    rewrite(site, { ...credentials, blocked: true, mtu: 1300 });
    await site.site.reload();
    await site.site.reload();
    rewrite(site, credentials);
    await site.site.reload();
    await site.sleep(10 * second);
    expect(site.channels).toHaveLength(1);
    expect(notices(site)).toEqual([
      "the site is blocked: it takes no new connections from its tunnel",
      "the site is not blocked any more: it takes new connections from its tunnel",
    ]);
  }));

it("`blocked` is heeded from the start by a hardened site alone", async () => {
  for (const [persona, count] of [
    [hardened, 1],
    [newt, 0],
  ] as const) {
    await wire({ persona, config: { blocked: true }, answers: alive() }, async (site) => {
      await site.sleep(second);
      expect(notices(site)).toHaveLength(count);
    });
  }
});

it("a file that it could not boot from is told of, without its secrets, and changes nothing", () =>
  wire({ persona: hardened, answers: alive() }, async (site) => {
    await site.sleep(second);
    for (const broken of [
      '{"secret":"t0p-secret",',
      { ...credentials, secret: 7 },
      { ...credentials, endpoint: "ftp://server" },
      { endpoint: "http://server" },
      "",
    ]) {
      rewrite(site, broken);
      await site.site.reload();
    }
    await site.sleep(10 * second);
    expect(site.channels).toHaveLength(1);
    expect(notices(site)).toHaveLength(5);
    for (const notice of notices(site)) {
      expect(notice).toMatch(/newt\.json.*nothing was changed$/);
      expect(notice).not.toContain("t0p-secret");
    }
  }));
