import { describe, expect, it } from "vitest";
import { afterAttempt, delaysMs } from "../../src/control-plane/alerts/retry.js";
import { objectionToUrl } from "../../src/control-plane/alerts/webhook-url.js";
import { seededRandom } from "../../src/world/random.js";

describe("a webhook's URL", () => {
  it.each([
    "https://hooks.example.com/in?token=1",
    "https://192.0.2.7/",
    "https://[2001:db8::7]:8443/",
    "https://8.8.8.8",
    "https://172.32.0.1/",
    "https://internal.example.com/",
    "https://hooks.nonlocal/",
  ])("%s may be named by anybody", (url) => {
    expect(objectionToUrl(url, false)).toBeUndefined();
    expect(objectionToUrl(url, true)).toBeUndefined();
  });

  it.each([
    "http://localhost:8080/",
    "https://localhost./",
    "https://localhost../",
    "https://postgres../",
    "https://api.localhost/",
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f.0.0.1/",
    "http://[::1]/",
    "https://[::]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[::ffff:0:10.0.0.1]/",
    "https://[ff02::1]/",
    "https://[5f00::1]/",
    "https://[64:ff9b::a00:1]/",
    "https://[2002:a00:1::]/",
    "https://0.0.0.0/",
    "https://10.1.2.3/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data",
    "https://[fe80::1]/",
    "https://[fd00::1]/",
    "https://255.255.255.255/",
    "https://postgres/",
    "https://metadata.google.internal/",
    "https://printer.local/",
    "https://printer.local./",
    "https://router.home.arpa/",
    "https://db.localdomain/",
  ])("%s may be named only by who reaches every organisation", (url) => {
    expect(objectionToUrl(url, false)).toMatchObject({ status: 403, message: expect.stringContaining("internal") });
    expect(objectionToUrl(url, true)).toBeUndefined();
  });

  it.each([
    ["http://hooks.example.com/", /must be https/],
    ["http://10.0.0.1/", /must be https/],
    ["https://user@hooks.example.com/", /user name or password/],
    ["https://:word@hooks.example.com/", /user name or password/],
  ])("%s is refused to everybody", (url, message) => {
    for (const isTrusted of [true, false]) {
      expect(objectionToUrl(url, isTrusted)).toMatchObject({ status: 400, message: expect.stringMatching(message) });
    }
  });
});

describe("what follows from an attempt", () => {
  const random = seededRandom("retry");
  const after = (word: string, attempts = 0, retryAfterMs = 0) =>
    afterAttempt({ word, retryAfterMs }, { attempts, now: 1_000, random });
  const waitOf = (...args: Parameters<typeof after>) => (after(...args).nextAt ?? Number.NaN) - 1_000;

  it.each(["200", "204", "299"])("%s ends it", (word) => {
    expect(after(word)).toEqual({ outcome: word, nextAt: null, isGone: false, othersAt: null });
  });

  it.each(["301", "400", "401", "404", "429", "500", "503", "timeout", "dns", "tls", "network"])(
    "%s is tried again, later each time, eight times in all",
    (word) => {
      for (const [attempts, delay] of delaysMs.entries()) {
        expect(waitOf(word, attempts)).toBeGreaterThanOrEqual(delay);
        expect(waitOf(word, attempts)).toBeLessThanOrEqual(delay * 1.2);
      }
      expect(after(word, delaysMs.length)).toEqual({ outcome: word, nextAt: null, isGone: false, othersAt: null });
    },
  );

  it("410 ends it with all that waits for the same receiver", () => {
    expect(after("410")).toEqual({ outcome: "410", nextAt: null, isGone: true, othersAt: null });
  });

  it("heeds Retry-After, but never comes earlier than it would, nor later than half a day", () => {
    expect(waitOf("503", 0, 60_000)).toBeGreaterThanOrEqual(60_000);
    expect(waitOf("503", 0, 60_000)).toBeLessThanOrEqual(61_000);
    expect(waitOf("503", 2, 1_000)).toBeGreaterThanOrEqual(120_000);
    expect(waitOf("503", 0, 1e12)).toBeLessThanOrEqual(43_201_000);
  });

  it("puts off whatever else waits for who has too much to do, as long as they ask, also after the last attempt", () => {
    for (const word of ["429", "503"]) {
      expect(after(word, 0, 60_000).othersAt).toBe(61_000);
      expect(after(word, delaysMs.length, 60_000)).toMatchObject({ nextAt: null, othersAt: 61_000 });
      expect(after(word).othersAt).toBeNull();
    }
    expect(after("429", 0, 1e12).othersAt).toBe(43_201_000);
    expect(after("500", 0, 60_000).othersAt, "one message may be what fails").toBeNull();
  });
});
