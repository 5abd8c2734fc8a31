import { expect, it } from "vitest";
import { hardened } from "../../src/device/index.js";
import { alive, placeAt, type Wire, wire, withPlaces } from "./support/wire.js";

/** What was observed of newt as shipped (PROTOCOLS A7, A10 to A14), in seconds since its channel opened. */

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

const sinceOpen = (site: Wire, times: readonly number[]) =>
  times.map((at) => Math.round(at - (site.upgrades[0] ?? 0)) / second);
const secondsOf = (site: Wire, type: string) => sinceOpen(site, site.times(type));

it("beats at 0, 30 and 60 s, each time with a protocol ping right after", () =>
  wire({ answers: alive() }, async (site) => {
    await site.sleep(70 * second);
    expect(secondsOf(site, "newt/ping")).toEqual([0, 30, 60]);
    const types = site.frames.map(({ type }) => type);
    for (const [index, type] of types.entries()) if (type === "newt/ping") expect(types[index + 1]).toBe("ping");
  }));

it("asks for exit nodes sixteen times at 3 s, the last time at 45 s, and for its interface sixteen times at 2 s", () =>
  wire({ answers: alive() }, async (site) => {
    await site.sleep(2 * minute);
    expect(secondsOf(site, "newt/ping/request")).toEqual([...Array(16).keys()].map((nth) => 3 * nth));
    expect(secondsOf(site, "newt/wg/get-config")).toEqual([...Array(16).keys()].map((nth) => 2 * nth));
    for (const type of ["newt/ping/request", "newt/wg/get-config"]) {
      expect(new Set(site.said(type).map(({ data }) => data.chainId))).toHaveLength(1);
    }
  }));

it("tells its traffic every 10 s from its first question for the interface on, over sessions, once", () =>
  wire({ answers: withPlaces }, async (site) => {
    await site.sleep(35 * second);
    site.channels[0]?.terminate();
    await site.sleep(30 * second);
    expect(secondsOf(site, "newt/receive-bandwidth")).toEqual([10, 20, 30, 40, 50, 60]);
    expect(site.last("newt/receive-bandwidth")?.text).toBe(
      '{"type":"newt/receive-bandwidth","data":{"bandwidthData":[]}}\n',
    );
  }));

it("keeps no interface for clients where that is switched off, where the server tells no version, and when hardened", async () => {
  for (const options of [{ config: { disableClients: true } }, { serverVersion: null }, { persona: hardened }]) {
    await wire({ ...options, answers: alive() }, async (site) => {
      await site.sleep(minute);
      expect(site.said("newt/wg/get-config")).toEqual([]);
      expect(site.said("newt/receive-bandwidth")).toEqual([]);
    });
  }
});

it("takes the interface that was asked for, and asks no more", () =>
  wire({ answers: alive(), config: { port: 51_821 } }, async (site) => {
    await site.sleep(3 * second);
    const asked = site.last("newt/wg/get-config")?.data;
    expect(asked).toMatchObject({ port: 51_821, localEndpoints: [] });
    const answer = { ipAddress: "100.90.128.62/20", peers: [], targets: [], certs: [] };
    site.say("newt/wg/receive-config", { ...answer, chainId: "0000000000000000" }, 2);
    site.say("newt/wg/receive-config", { ...answer, ipAddress: "100.90.128.62", chainId: asked?.chainId }, 2);
    await site.sleep(2 * second);
    expect(site.said("newt/wg/get-config")).toHaveLength(3);
    site.say("newt/wg/receive-config", { ...answer, chainId: asked?.chainId }, 2);
    await site.sleep(minute);
    expect(site.said("newt/wg/get-config")).toHaveLength(3);
  }));

it("leaves a server that says nothing after 60.0 s, and is back in the same moment", () =>
  wire({ answers: alive() }, async (site) => {
    await site.sleep(second);
    // Nobody is told of it: as far as the site can see its server is silent.
    site.virtual.host("server").losePower();
    await site.sleep(58_500);
    await site.serve();
    await site.sleep(second);
    const [opened = 0, again = 0] = site.upgrades;
    expect(again - opened).toBeCloseTo(minute, -1);
    expect(site.diary.all("disconnected")).toMatchObject([{ code: 1006 }]);
    expect(site.diary.all("waiting")).toEqual([]);
  }));

it("comes back after 3 s each time while it is not let in, for ever, with a new token", () =>
  wire({ answers: alive() }, async (site) => {
    await site.sleep(10 * second);
    site.open = false;
    site.channels[0]?.terminate();
    await site.sleep(minute);
    const gaps = sinceOpen(site, site.upgrades)
      .slice(1)
      .map((at, nth) => at - 10 - 3 * nth);
    expect(gaps).toHaveLength(20);
    for (const gap of gaps) expect(gap).toBeCloseTo(0, 1);
    expect(site.requests.filter(({ path }) => path.endsWith("/get-token"))).toHaveLength(21);
  }));

it("asks for its version 2 min after the start and every 6 h, whatever sessions do; a hardened site never", async () => {
  await wire({ answers: alive() }, async (site) => {
    await site.sleep(minute);
    site.channels[0]?.terminate();
    await site.sleep(13 * hour);
    const asked = site.requests.filter(({ path }) => path === "/api/v1/auth/newt/version");
    expect(
      sinceOpen(
        site,
        asked.map(({ at }) => at),
      ).map(Math.round),
    ).toEqual([120, 21_720, 43_320]);
    expect(asked[0]?.body).toBe('{"newtId":"abcdefghij12345","secret":"s3cr3t","platform":"linux_amd64"}');
    expect(site.diary.all("failed")).toEqual([]);
  });
  await wire({ persona: hardened, answers: alive() }, async (site) => {
    await site.sleep(hour);
    expect(site.requests).toHaveLength(1);
  });
});

it("says of a graceful stop that it leaves, and of a restart nothing but the close frame", () =>
  wire({ answers: alive() }, async (site) => {
    await site.sleep(second);
    site.say("newt/wg/restart", {});
    await site.sleep(second);
    await site.site.stop();
    await site.sleep(second);
    const ends = [1, 2].map((session) =>
      site.frames.filter((frame) => frame.session === session && /disconnecting|close/.test(frame.type)),
    );
    expect(ends.map((frames) => frames.map(({ type }) => type))).toEqual([
      ["close 1000"],
      ["newt/disconnecting", "close 1000"],
    ]);
  }));

it("answers what a server asks of it beside", () =>
  wire({ answers: alive() }, async (site) => {
    await site.sleep(second);
    const before = site.frames.length;
    site.say("newt/socket/check", {});
    site.say("newt/socket/fetch", {});
    site.say("newt/pam/connection", { messageId: 7 });
    site.say("newt/certs/add", [{ id: 1, cert: "c", key: "k" }]);
    site.say("newt/wg/connect", { ...placeAt("node:51820"), targets: null });
    await site.sleep(10);
    expect(site.frames.slice(before).map(({ text }) => text)).toEqual([
      '{"type":"newt/socket/status","data":{"available":false,"socketPath":""}}\n',
      '{"type":"ws/round-trip/complete","data":{"complete":true,"error":"this agent has no SSH daemon","messageId":7}}\n',
    ]);
    expect(site.diary.all("tunnel")).toEqual([]);
  }));
