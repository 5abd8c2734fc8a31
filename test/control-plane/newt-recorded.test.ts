import { describe, expect, test } from "vitest";
import { envelopeOf, newtPaths, RegisterData } from "../../src/protocol/newt/index.js";
import type { HttpResponse } from "../../src/world/network.js";
import { type Answer, exchanges, fetchSocket, noJson, registrations, tokens, withNode } from "./newt-recordings.js";
import { TestSite } from "./newt-site.js";
import { dataOf, MovableClock, org, Plane } from "./plane.js";

/** Values as their kinds, so that times, ports and numbers may differ. What stands for itself stays. */
function shape(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return value.map((part) => shape(part));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, shape(part, name)]));
  }
  return key === "type" || key === "success" ? value : typeof value;
}

describe("a newt's frames", () => {
  test.each(exchanges)("$what", async ({ said, recorded, ours }) => {
    const plane = await Plane.start();
    const newt = await (await TestSite.of(plane)).connect();
    for (const frame of said) newt.say(frame);
    // Answered after all that came before it; nothing else has this answer.
    newt.say(noJson);
    const wanted = ours?.answers ?? recorded;
    await expect.poll(() => newt.heard.length).toBeGreaterThan(wanted.length);
    expect(newt.heard.pop()?.data).toMatchObject({ success: false, message: expect.stringMatching(/not JSON/) });
    expect(shape(newt.heard)).toEqual(shape(wanted));
  });

  test("a goodbye, which is answered by closing the channel: nobody looks after it any more", async () => {
    const plane = await Plane.start();
    const newt = await (await TestSite.of(plane)).connect();
    newt.say('{"type":"newt/disconnecting","data":{}}\n');
    expect(await newt.hearClose()).toBe(1000);
  });

  test("changes come as binary frames to a newt that has told a version for them", async () => {
    const plane = await Plane.start();
    const newt = await (await TestSite.of(plane)).connect();
    const blueprint = exchanges.find(({ what }) => what === "a blueprint with a target");
    newt.say(withNode);
    for (const frame of blueprint?.said ?? []) newt.say(frame);
    await newt.hear("newt/blueprint/results");
    expect(newt.frames.map((frame) => typeof frame === "string")).toEqual([true, false, false, true]);
    expect(shape(newt.heard)).toEqual(shape([fetchSocket, ...(blueprint?.recorded ?? []).slice(0, 2)]));
  });
});

const newtHeaders = {
  "x-csrf-token": "x-csrf-protection",
  "user-agent": "Go-http-client/1.1",
  "accept-encoding": "gzip",
};

function said({ status, body }: HttpResponse): Answer {
  return { status, message: JSON.parse(body).message };
}

describe("an exchange", () => {
  test.each(registrations)("of $what", async ({ body, recorded, ours }) => {
    const plane = await Plane.start();
    const [id = ""] = (await plane.key()).split(".");
    const answer = await plane.send("POST", newtPaths.register, body?.replace("ID", id), newtHeaders);
    expect(said(answer)).toEqual(ours?.answers ?? recorded);
    const { data, success, error: failed, stack } = JSON.parse(answer.body);
    expect({ data, success, failed, stack }).toEqual({ data: null, success: false, failed: true, stack: null });
  });

  test("of a key that is used up, and of one that has expired", async () => {
    const clock = new MovableClock();
    const plane = await Plane.start(":memory:", clock);
    const once = await plane.key(1);
    await plane.register(once);
    expect(said(await plane.register(once))).toEqual({
      status: 401,
      message: "Provisioning key has reached its maximum usage",
    });
    const soon = await plane.key(null, true, new Date(clock.now() + 60_000).toISOString());
    clock.move(60_000);
    expect(said(await plane.register(soon))).toEqual({ status: 401, message: "Provisioning key has expired" });
  });

  test("that succeeds", async () => {
    const plane = await Plane.start();
    const answer = await plane.send("POST", newtPaths.register, { provisioningKey: await plane.key() }, newtHeaders);
    const recorded = {
      data: { newtId: "jxh4autji1vly1n", secret: "umi7sfxywin3fxge2loadws557ilam2h45jklcmk" },
      success: true,
      error: false,
      message: "Newt registered successfully",
      status: 201,
    };
    expect(answer.status).toBe(201);
    const { data } = envelopeOf(RegisterData).parse(JSON.parse(answer.body));
    expect(JSON.parse(answer.body)).toEqual({ ...recorded, data });
    expect(data?.newtId).toMatch(/^[a-z0-9]{15}$/);
    expect(data?.secret).toMatch(/^[a-z0-9]{40}$/);
  });

  test("without the header against forged requests: Pangolin's 403 would help nobody, there are no cookies here", async () => {
    const plane = await Plane.start();
    const answer = await plane.send("POST", newtPaths.register, { provisioningKey: await plane.key() });
    expect(answer.status).toBe(201);
    expect(dataOf(answer, RegisterData).newtId).toHaveLength(15);
  });
});

describe("a token", () => {
  test.each(tokens)("for $what", async ({ body, recorded, ours }) => {
    const plane = await Plane.start();
    const site = await TestSite.of(plane);
    const { newtId, secret } = site.credentials;
    const token = await plane.token(site.credentials);
    const filled = body?.replace("NEWT", newtId).replace("SECRET", secret).replace("TOKEN", token);
    const answer = await plane.send("POST", newtPaths.getToken, filled, newtHeaders);
    expect(said(answer)).toEqual(ours?.answers ?? recorded);
    expect(JSON.parse(answer.body).data).toBeNull();
  });

  test("for good credentials", async () => {
    const plane = await Plane.start();
    const { credentials } = await TestSite.of(plane);
    const answer = await plane.send("POST", newtPaths.getToken, credentials, newtHeaders);
    expect(shape(JSON.parse(answer.body))).toEqual(
      shape({
        data: { token: "bi2ge2kcbpf2sj6asmmovn7dauoqkf7e", serverVersion: "1.22.0" },
        success: true,
        error: false,
        message: "Token created successfully",
        status: 200,
      }),
    );
  });
});

/** What the recorded server does with sites and channels, and ours does not. */
describe("by design", () => {
  test("of two channels of one newt one stays: the recorded server sends every answer to both (PROTOCOLS D2.24)", async () => {
    const plane = await Plane.start();
    const site = await TestSite.of(plane);
    const older = await site.connect();
    await site.connect();
    expect(await older.hearClose()).toBe(4000);
  });

  test("a site that is rejected is told so in the recorded frame, and its channel does not stay open (PROTOCOLS D2.28)", async () => {
    const plane = await Plane.start();
    const site = await TestSite.of(plane, { approved: false });
    const newt = await site.connect();
    await plane.integration.rejectSite(site.siteId);
    const recorded = { type: "newt/wg/terminate", data: {}, configVersion: 2 };
    expect(shape(await newt.hear("newt/wg/terminate"))).toEqual(shape(recorded));
    expect(await newt.hearClose()).toBe(1000);
  });

  test("a pending site gets no tunnel, and its approval is told: the recorded server does neither (PROTOCOLS A19)", async () => {
    const plane = await Plane.start();
    const site = await TestSite.of(plane, { approved: false });
    const newt = await site.connect();
    newt.say(withNode);
    newt.say('{"type":"newt/ping","data":{}}');
    await newt.hear("pong");
    expect(newt.heard).toEqual([]);
    expect(await plane.integration.listSites(org, { status: "pending" })).toHaveLength(1);
    await plane.integration.approveSite(site.siteId);
    expect(await newt.hear("newt/wg/reconnect")).toMatchObject({ data: {} });
  });
});
