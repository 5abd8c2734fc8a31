import { describe, expect, it } from "vitest";
import { verifyWebhook } from "../../src/protocol/integration/index.js";
import { formatWebhookSecret, signWebhook } from "../../src/protocol/integration/webhook-signature.js";

const secret = formatWebhookSecret(Buffer.alloc(32, 9));
const now = Date.parse("2026-03-01T12:00:00Z");
const event = { type: "webhook.test", timestamp: "2026-03-01T12:00:00.000Z", data: null };
const body = JSON.stringify(event);
const message = { id: "msg_1", timestamp: now / 1_000, body };
const headers = signWebhook(secret, message);

describe("a webhook's signature", () => {
  it("is that of Standard Webhooks", () => {
    const signed = signWebhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", {
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
      timestamp: 1614265330,
      body: '{"test": 2432232314}',
    });
    expect(signed).toEqual({
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    });
  });

  it("gives the event to who has the secret, whatever form headers and body have", () => {
    const upper = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), [value]]));
    for (const given of [headers, new Headers(headers), upper]) {
      expect(verifyWebhook({ headers: given, body, secret, now })).toEqual(event);
    }
    expect(verifyWebhook({ headers, body: Buffer.from(body), secret, now })).toEqual(event);
  });

  it("is found among those of a secret that is being replaced", () => {
    const several = { ...headers, "webhook-signature": `v1,${"A".repeat(43)}= v1a,x ${headers["webhook-signature"]}` };
    expect(verifyWebhook({ headers: several, body, secret, now })).toEqual(event);
  });

  it.each([
    ["another secret", { secret: formatWebhookSecret(Buffer.alloc(32, 8)) }],
    ["another body", { body: body.replace("test", "tesT") }],
    ["another id", { headers: { ...headers, "webhook-id": "msg_2" } }],
    ["another time", { headers: { ...headers, "webhook-timestamp": String(message.timestamp + 1) } }],
    ["a signature that is cut off", { headers: { ...headers, "webhook-signature": "v1,AAAA" } }],
    ["a signature of another kind", { headers: { ...headers, "webhook-signature": "v2,AAAA" } }],
    ["no signature", { headers: { "webhook-id": "msg_1", "webhook-timestamp": String(message.timestamp) } }],
    ["no headers", { headers: {} }],
    ["a time that is none", { headers: { ...headers, "webhook-timestamp": "soon" } }],
    ["bytes that are no UTF-8", { body: Uint8Array.from([0x7b, 0xff, 0x7d]) }],
  ])("does not hold for %s", (_, change) => {
    expect(verifyWebhook({ headers, body, secret, now, ...change })).toBeUndefined();
  });

  it("holds for five minutes before and after, or as long as the receiver says", () => {
    const at = (late: number, toleranceMs?: number) =>
      verifyWebhook({ headers, body, secret, now: now + late, ...(toleranceMs !== undefined && { toleranceMs }) });
    for (const late of [300_000, -300_000]) expect(at(late)).toEqual(event);
    for (const late of [300_001, -300_001]) expect(at(late)).toBeUndefined();
    expect(at(3_600_000, 3_600_000)).toEqual(event);
  });

  it("holds for no other event than those that there are", () => {
    const foreign = JSON.stringify({ type: "invoice.paid" });
    const signed = signWebhook(secret, { ...message, body: foreign });
    expect(verifyWebhook({ headers: signed, body: foreign, secret, now })).toBeUndefined();
  });

  it("says that a secret is none without showing it", () => {
    const check = () => verifyWebhook({ headers, body, secret: "whsec_not base64!", now });
    expect(check).toThrow(/is not the secret of a webhook/);
    expect(check).not.toThrow(/base64!/);
  });
});
